using System.Net;
using System.Text;
using Chat.Contracts;
using Chat.Server.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class RegistrationTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_guest_needs_only_a_name_and_is_signed_in_at_once()
    {
        using var answer = await server.PostAsync("/api/account/guest", new { name = "Gwen" });
        var session = await answer.ReadAsync<Session>();
        Assert.Equal(("Gwen", UserKind.Guest), (session.User.Name, session.User.Kind));
        Assert.Matches("^[a-z2-7]{16}$", session.User.Id);
        Assert.Equal(3600, session.ExpiresIn);
        Assert.True(answer.Headers.CacheControl?.NoStore);

        using var who = await server.GetAsync("/api/account", session.AccessToken);
        Assert.Equal(session.User, (await who.ReadAsync<AccountAnswer>()).User);
    }

    [Fact]
    public async Task A_member_is_signed_in_at_once()
    {
        var session = await server.RegisterAsync("Mara", "eight ch");
        Assert.Equal(("Mara", UserKind.Member), (session.User.Name, session.User.Kind));
        using var who = await server.GetAsync("/api/account", session.AccessToken);
        Assert.Equal("""{"user":{"id":"ID","name":"Mara","kind":"member"}}""".Replace("ID", session.User.Id, StringComparison.Ordinal),
            await who.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Tom", "tOM")]
    [InlineData("Tim", "Ｔｉｍ")]
    [InlineData("Zoé", "ZOE\u0301")]
    [InlineData("Weiß", "WEISS")]
    public async Task A_name_is_taken_however_it_is_written(string first, string second)
    {
        await server.GuestAsync(first);
        using var guest = await server.PostAsync("/api/account/guest", new { name = second });
        Assert.StartsWith("name", await guest.RefusesAsync(409, "name_taken"), StringComparison.Ordinal);
        using var member = await server.PostAsync("/api/account/register", new { name = second, password = "long enough" });
        await member.RefusesAsync(409, "name_taken");
    }

    [Fact]
    public async Task Of_many_who_want_a_name_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            server.PostAsync("/api/account/guest", new { name = i % 2 == 0 ? "Rush" : "rUSH" })));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) await answer.RefusesAsync(409, "name_taken");
    }

    [Fact]
    public async Task Of_two_who_both_found_a_name_free_one_gets_it()
    {
        await using var own = await AccountServer.StartAsync();
        var both = new TaskCompletionSource();
        var arrived = 0;
        own.BeforeSaving = () =>
        {
            if (Interlocked.Increment(ref arrived) == 2) both.SetResult();
            return both.Task.WaitAsync(TimeSpan.FromSeconds(20));
        };
        var answers = await Task.WhenAll(
            own.PostAsync("/api/account/guest", new { name = "Twin" }),
            own.PostAsync("/api/account/register", new { name = "tWIN", password = "long enough" }));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        await answers.Single(a => a.StatusCode != HttpStatusCode.OK).RefusesAsync(409, "name_taken");
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"name":["Jo"]}""", "name")]
    [InlineData("""{"name":"a\u202eb"}""", "name")]
    [InlineData("""{"name":"a\u200bb"}""", "name")]
    [InlineData("""{"name":"a\u0007b"}""", "name")]
    [InlineData("""{"name":"ab\ud800"}""", "name")]
    [InlineData("""{"name":"a\ud800\ud800b"}""", "name")]
    [InlineData("""{"name":"Jo" """, "")]
    [InlineData("""{"name":"Jo}""", "name")]
    [InlineData("""[1,2]""", "")]
    [InlineData("""null""", "")]
    [InlineData("", "")]
    [InlineData("not json", "")]
    public async Task A_body_that_makes_no_sense_is_invalid_and_the_text_names_the_field(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.PostAsync("/api/account/guest", content);
        Assert.StartsWith(field, await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_is_invalid()
    {
        using var content = new ByteArrayContent([.. """{"name":"J"""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var answer = await server.PostAsync("/api/account/guest", content);
        await answer.RefusesAsync(400, "invalid");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_as_such()
    {
        using var declared = await server.PostAsync("/api/account/guest", new { name = new string('a', 20_000) });
        await declared.RefusesAsync(413, "too_large");
    }

    [Fact]
    public async Task A_form_is_no_JSON()
    {
        using var content = new FormUrlEncodedContent([new("name", "Formy")]);
        using var answer = await server.PostAsync("/api/account/guest", content);
        await answer.RefusesAsync(415, "invalid");
    }

    [Fact]
    public async Task A_flag_that_is_none_is_invalid()
    {
        using var answer = await server.PostAsync("/api/account/guest?useCookies=perhaps", new { name = "Flagg" });
        Assert.Contains("useCookies", await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1234567")]
    [InlineData("😀😀😀😀😀😀😀")]
    public async Task A_short_password_is_invalid(string? password)
    {
        using var answer = await server.PostAsync("/api/account/register", new { name = "Shorty", password });
        Assert.StartsWith("password", await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_may_have_128_characters_and_no_more()
    {
        await server.RegisterAsync("Longest", new string('p', 128));
        using var answer = await server.PostAsync("/api/account/register", new { name = "Longer", password = new string('p', 129) });
        Assert.StartsWith("password", await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guests_can_be_switched_off()
    {
        await using var closed = await AccountServer.StartAsync(("Chat:Accounts:Guests", "false"));
        using var answer = await closed.PostAsync("/api/account/guest", new { name = "Gwen" });
        await answer.RefusesAsync(403, "forbidden");
        await closed.RegisterAsync("Gwen", "long enough");
    }

    [Fact]
    public async Task One_address_makes_thirty_accounts_a_minute()
    {
        await using var limited = await AccountServer.StartAsync(("Chat:Limits:AccountsPerMinute", "30"));
        using (var invalid = await limited.PostAsync("/api/account/guest", new { name = "?" })) await invalid.RefusesAsync(400, "invalid");
        for (var i = 0; i < 29; i++) await limited.GuestAsync($"guest{i}");
        await limited.RegisterAsync("member", "long enough");
        limited.Time.Advance(TimeSpan.FromSeconds(20));
        using (var answer = await limited.PostAsync("/api/account/guest", new { name = "late" }))
        {
            await answer.RefusesAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(40), answer.Headers.RetryAfter?.Delta);
        }
        limited.Time.Advance(TimeSpan.FromSeconds(40));
        await limited.GuestAsync("late");
    }

    [Fact]
    public async Task The_name_of_a_guest_who_signed_out_rests_for_ninety_days_and_is_free_then()
    {
        await using var own = await AccountServer.StartAsync();
        var first = await own.GuestAsync("Passerby");
        using (var left = await own.PostAsync("/api/account/logout", token: first.AccessToken))
            Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        foreach (var name in (string[])["Passerby", "passerby", "passerbу"])
        {
            using var early = await own.PostAsync("/api/account/guest", new { name });
            Assert.False(early.IsSuccessStatusCode);
        }
        own.Time.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        using (var early = await own.PostAsync("/api/account/guest", new { name = "passerby" }))
            await early.RefusesAsync(409, "name_taken");
        own.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await own.GuestAsync("passerby");
        Assert.NotEqual(first.User.Id, second.User.Id);

        var directory = own.Services.GetRequiredService<UserDirectory>();
        Assert.Equal(second.User.Id, (await directory.FindByNameAsync("PASSERBY", TestContext.Current.CancellationToken))?.Id);
        Assert.Equal("Passerby", (await directory.FindByIdAsync(first.User.Id, TestContext.Current.CancellationToken))?.Name);
    }

    [Fact]
    public async Task The_name_of_a_member_stays_theirs()
    {
        var member = await server.RegisterAsync("Keeper", "long enough");
        await LogOutAsync(member);
        using var answer = await server.PostAsync("/api/account/guest", new { name = "Keeper" });
        await answer.RefusesAsync(409, "name_taken");
    }

    [Fact]
    public async Task People_are_found_however_their_name_is_written()
    {
        var session = await server.GuestAsync("Élodie");
        var directory = server.Services.GetRequiredService<UserDirectory>();
        var expected = new UserRef(session.User.Id, "Élodie", UserKind.Guest);
        Assert.Equal(expected, await directory.FindByNameAsync("E\u0301LODIE", TestContext.Current.CancellationToken));
        Assert.Equal(expected, await directory.FindByIdAsync(session.User.Id, TestContext.Current.CancellationToken));
        Assert.Null(await directory.FindByNameAsync("nobody.here", TestContext.Current.CancellationToken));
        Assert.Null(await directory.FindByNameAsync("a\u202eb", TestContext.Current.CancellationToken));
        Assert.Null(await directory.FindByIdAsync("nobody", TestContext.Current.CancellationToken));
    }

    private async Task LogOutAsync(Session session)
    {
        using var answer = await server.PostAsync("/api/account/logout", token: session.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
