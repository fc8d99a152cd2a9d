using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Accounts.Names;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>Nobody registers a name that passes for somebody else's.</summary>
public sealed class LookAlikeTests : IAsyncLifetime
{
    private readonly AccountServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("dor\u02bca", 409, "name_taken", "looks like")]
    [InlineData("dоra", 400, "invalid", "script")]
    [InlineData("DORA", 409, "name_taken", "somebody else")]
    public async Task A_look_alike_is_refused_and_the_text_says_why(string name, int status, string code, string why)
    {
        await _server.RegisterAsync("dora", "long enough");
        using var guest = await _server.PostAsync("/api/account/guest", new { name });
        Assert.Contains(why, await guest.RefusesAsync(status, code), StringComparison.Ordinal);
        using var member = await _server.PostAsync("/api/account/register", new { name, password = "long enough" });
        await member.RefusesAsync(status, code);
    }

    [Fact]
    public async Task Of_two_look_alikes_that_were_both_found_free_one_gets_its_name()
    {
        var both = new TaskCompletionSource();
        var arrived = 0;
        _server.BeforeSaving = () =>
        {
            if (Interlocked.Increment(ref arrived) == 2) both.SetResult();
            return both.Task.WaitAsync(TimeSpan.FromSeconds(20));
        };
        var answers = await Task.WhenAll(
            _server.PostAsync("/api/account/guest", new { name = "cope" }),
            _server.PostAsync("/api/account/guest", new { name = "соре" }));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        await answers.Single(a => a.StatusCode != HttpStatusCode.OK).RefusesAsync(409, "name_taken");
    }

    [Fact]
    public async Task Look_alikes_of_an_older_version_keep_their_names_and_nobody_else_gets_one()
    {
        foreach (var name in (string[])["cope", "соре", "dоra"]) await AddOldAsync(name);

        foreach (var name in (string[])["cope", "соре", "dоra"])
        {
            using var known = await _server.PostAsync("/api/account/login", new { name, password = "long enough" });
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        }
        foreach (var name in (string[])["cоpe", "COPE", "dora"])
        {
            using var refused = await _server.PostAsync("/api/account/guest", new { name });
            Assert.False(refused.IsSuccessStatusCode, name);
        }
    }

    [Fact]
    public async Task Names_of_an_older_version_are_compared_from_the_start_on()
    {
        for (var i = 0; i < 3; i++) await AddOldAsync($"older{i}");
        await _server.RestartAsync();

        await using var db = await Databases.CreateDbContextAsync(Ct);
        await Eventually.TrueAsync(
            async () => !await db.Users.AnyAsync(a => a.NameLook == null, Ct), TimeSpan.FromSeconds(30), Ct,
            "all names can be compared");
        Assert.Equal([NameLook.KeyOf("older0"), NameLook.KeyOf("older1"), NameLook.KeyOf("older2")],
            await db.Users.OrderBy(a => a.UserName).Select(a => a.NameLook).ToListAsync(Ct));
    }

    [Fact]
    public async Task If_an_older_node_ended_the_last_sign_in_of_a_guest_the_name_rests_from_when_that_is_seen()
    {
        var guest = await _server.GuestAsync("cope");
        await using var db = await Databases.CreateDbContextAsync(Ct);
        await db.SignIns.Where(s => s.AccountId == guest.User.Id).ExecuteDeleteAsync(Ct);
        using (var early = await _server.PostAsync("/api/account/guest", new { name = "соре" }))
            await early.RefusesAsync(409, "name_taken");
        _server.Time.Advance(TimeSpan.FromDays(90));
        await _server.GuestAsync("соре");
    }

    private IDbContextFactory<AccountsDb> Databases =>
        _server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>();

    /// <summary>Writes the row as a node without looks of names does.</summary>
    private async Task AddOldAsync(string name)
    {
        await using var db = await Databases.CreateDbContextAsync(Ct);
        var account = new Account
        {
            UserName = name, NormalizedUserName = NameKey.Of(name), Kind = UserKind.Member,
            Created = _server.Time.GetUtcNow().UtcDateTime,
        };
        account.PasswordHash = _server.Hasher.HashPassword(account, "long enough");
        db.Users.Add(account);
        await db.SaveChangesAsync(Ct);
    }
}
