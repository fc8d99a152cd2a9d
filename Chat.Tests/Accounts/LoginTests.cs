using System.Net;
using Chat.Contracts;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class LoginTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Password = "correct horse";

    [Fact]
    public async Task The_right_password_signs_in_however_the_name_is_written()
    {
        var registered = await server.RegisterAsync("Dora", Password);
        var session = await server.SessionAsync("/api/account/login", new { name = "ＤORA", password = Password });
        Assert.Equal(registered.User, session.User);
        Assert.NotEqual(registered.RefreshToken, session.RefreshToken);
    }

    [Fact]
    public async Task A_password_is_the_same_however_the_keyboard_composes_it()
    {
        await server.RegisterAsync("Keys", "caf\u00e9 caf\u00e9");
        await server.SessionAsync("/api/account/login", new { name = "Keys", password = "cafe\u0301 cafe\u0301" });
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer_for_the_same_work()
    {
        await server.RegisterAsync("Known", Password);
        await server.GuestAsync("Visitor");
        var answers = new List<string?>();
        foreach (var name in (string[])["Known", "Unknown", "Visitor"])
        {
            var before = server.Hasher.Verified;
            using var answer = await LogInAsync(server, name, "wrong horse");
            answers.Add(await answer.RefusesAsync(401, "unauthenticated"));
            Assert.Equal(before + 1, server.Hasher.Verified);
        }
        Assert.Single(answers.Distinct());
    }

    [Theory]
    [InlineData(null, Password, "name")]
    [InlineData("a\u202eb", Password, "name")]
    [InlineData("Dora", null, "password")]
    [InlineData("Dora", "", "password")]
    public async Task What_is_missing_is_invalid(string? name, string? password, string field)
    {
        using var answer = await server.PostAsync("/api/account/login", new { name, password });
        Assert.StartsWith(field, await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("locked.member", true)]
    [InlineData("locked.nobody", false)]
    public async Task Five_wrong_passwords_lock_a_name_for_five_minutes_whether_or_not_it_exists(string name, bool exists)
    {
        await using var own = await AccountServer.StartAsync();
        if (exists) await own.RegisterAsync(name, Password);
        await FailAsync(own, name, 5);
        own.Time.Advance(TimeSpan.FromMinutes(1));
        using (var locked = await LogInAsync(own, name.ToUpperInvariant(), Password))
        {
            await locked.RefusesAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromMinutes(4), locked.Headers.RetryAfter?.Delta);
        }
        await own.RestartAsync();
        using (var locked = await LogInAsync(own, name, Password)) await locked.RefusesAsync(429, "rate_limited");

        own.Time.Advance(TimeSpan.FromMinutes(4));
        using var after = await LogInAsync(own, name, Password);
        Assert.Equal(exists ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task The_right_password_forgets_the_wrong_ones()
    {
        await server.RegisterAsync("Fumbler", Password);
        for (var round = 0; round < 2; round++)
        {
            await FailAsync(server, "Fumbler", 4);
            await server.SessionAsync("/api/account/login", new { name = "Fumbler", password = Password });
        }
    }

    [Fact]
    public async Task Many_wrong_passwords_at_once_get_no_more_tries_than_one_after_the_other()
    {
        await using var own = await AccountServer.StartAsync(("Chat:Accounts:FailedLoginsPerMinute", "1000"));
        await own.RegisterAsync("Target", Password);
        var before = own.Hasher.Verified;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => LogInAsync(own, "Target", "wrong horse")));
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(35, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(before + 5, own.Hasher.Verified);
    }

    [Fact]
    public async Task One_address_fails_thirty_times_a_minute_and_then_waits_whatever_the_name()
    {
        await using var own = await AccountServer.StartAsync();
        await own.RegisterAsync("Honest", Password);
        for (var i = 0; i < 40; i++) await own.SessionAsync("/api/account/login", new { name = "Honest", password = Password });
        for (var i = 0; i < 30; i++) await FailAsync(own, $"name{i}", 1);
        using (var refused = await LogInAsync(own, "Honest", Password))
        {
            await refused.RefusesAsync(429, "rate_limited");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        own.Time.Advance(TimeSpan.FromMinutes(1));
        await own.SessionAsync("/api/account/login", new { name = "Honest", password = Password });
    }

    private static Task<HttpResponseMessage> LogInAsync(AccountServer server, string name, string password) =>
        server.PostAsync("/api/account/login", new { name, password });

    private static async Task FailAsync(AccountServer server, string name, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await LogInAsync(server, name, "wrong horse");
            await answer.RefusesAsync(401, "unauthenticated");
        }
    }
}
