using System.Buffers.Binary;
using System.Net;
using Chat.Server.Accounts;
using Chat.Server.Accounts.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>The rules for new passwords, and the hashing of passwords.</summary>
public sealed class PasswordTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Password = "correct horse";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("password")]
    [InlineData("12345678")]
    [InlineData("PassWord1")]
    [InlineData("ＱＷＥＲＴＹ１２３")]
    [InlineData("iloveyou1")]
    [InlineData("trustno1trustno1", false)]
    [InlineData("chat1234")]
    [InlineData("Chatchat!")]
    [InlineData("Wanda2026")]
    [InlineData("wandawanda")]
    [InlineData("wanda walks her dog", false)]
    [InlineData("48291047281946", false)]
    public async Task What_everybody_would_try_first_is_no_password(string password, bool refused = true)
    {
        using var answer = await server.PostAsync("/api/account/register", new { name = "Wanda", password });
        if (refused)
        {
            Assert.StartsWith("password", await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
            return;
        }
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict,
            await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public void Every_password_of_the_list_is_found_from_the_first_to_the_last()
    {
        foreach (var common in (string[])["00000000", "password123", "qwertyuiop", "ялюблютебя"])
            Assert.True(CommonPasswords.Contains(common), common);
        foreach (var fine in (string[])["", "\uffff\uffff\uffff", "no such password", "00000000\n00000000"])
            Assert.False(CommonPasswords.Contains(fine), fine);
    }

    [Fact]
    public async Task New_hashes_have_210000_rounds()
    {
        await using var own = new AccountServer { Rounds = null };
        await own.InitializeAsync();
        Assert.Equal(210_000, own.Services.GetRequiredService<IOptions<PasswordHasherOptions>>().Value.IterationCount);
    }

    [Fact]
    public async Task An_older_hash_lets_in_and_is_made_anew_with_todays_rounds_and_a_wrong_password_changes_nothing()
    {
        var session = await server.RegisterAsync("Rita", Password);
        var older = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 300 }))
            .HashPassword(new Account(), Password);
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>()
            .CreateDbContextAsync(Ct);
        var rita = db.Users.AsNoTracking().Where(a => a.Id == session.User.Id);
        await rita.ExecuteUpdateAsync(a => a.SetProperty(r => r.PasswordHash, older), Ct);

        using (var wrong = await server.PostAsync(
            "/api/account/login", new { name = "Rita", password = "wrong horse" }))
            await wrong.RefusesAsync(401, "unauthenticated");
        Assert.Equal(300u, RoundsOf((await rita.SingleAsync(Ct)).PasswordHash));
        for (var i = 0; i < 2; i++)
        {
            await server.SessionAsync("/api/account/login", new { name = "Rita", password = Password });
            Assert.Equal((uint)CountingHasher.Rounds, RoundsOf((await rita.SingleAsync(Ct)).PasswordHash));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task One_address_waits_in_a_short_queue_for_its_passwords_and_does_not_hold_others_up()
    {
        await using var own = await AccountServer.StartAsync(("Chat:Accounts:HashingAtOnce", "2"),
            ("Chat:Accounts:HashingQueuePerAddress", "2"));
        foreach (var name in (string[])["Ann", "Bob", "Cid", "Dan", "Eve"]) await own.RegisterAsync(name, Password);
        var cancellation = TestContext.Current.CancellationToken;
        using var go = new ManualResetEventSlim();
        using var begun = new SemaphoreSlim(0);
        own.Hasher.BeforeVerifying = password =>
        {
            if (password != Password) return;
            begun.Release();
            go.Wait(TimeSpan.FromSeconds(50), cancellation);
        };
        Task<HttpResponseMessage> LogInAsync(string name, string password) =>
            own.PostAsync("/api/account/login", new { name, password });

        var first = LogInAsync("Ann", Password);
        await begun.WaitAsync(cancellation);
        // Of three more, one finds room in the queue; the others are told when to come back.
        var more = new List<Task<HttpResponseMessage>>
        {
            LogInAsync("Bob", Password), LogInAsync("Cid", Password), LogInAsync("Eve", Password),
        };
        for (var refused = 0; refused < 2; refused++)
        {
            var answered = await Task.WhenAny(more);
            more.Remove(answered);
            using var answer = await answered;
            await answer.RefusesAsync(429, "rate_limited");
            Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        }
        using (var elsewhere = own.From("127.0.0.7"))
        using (var answer = await elsewhere.PostAsync("/api/account/login", Json("Dan", "wrong horse"), Ct))
            await answer.RefusesAsync(401, "unauthenticated");

        go.Set();
        foreach (var waited in await Task.WhenAll(first, more.Single()))
            Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
    }

    private static StringContent Json(string name, string password) =>
        new($$"""{"name":"{{name}}","password":"{{password}}"}""", System.Text.Encoding.UTF8, "application/json");

    private static uint RoundsOf(string? hash) =>
        BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash!).AsSpan(5));
}
