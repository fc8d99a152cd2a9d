using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>How long tokens and cookies are good, and for what.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private readonly AccountServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("forged")]
    [InlineData("CfDJ8Kb6TDCsd1VLnYoaDLtCKero5sWg0x0853lxD")]
    public async Task Without_a_good_token_nobody_is_there(string? token)
    {
        using var answer = await _server.GetAsync("/api/account", token);
        await answer.RefusesAsync(401, "unauthenticated");
        Assert.Null(answer.Headers.Location);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task A_token_that_was_changed_in_one_place_is_forged()
    {
        var token = (await _server.GuestAsync("Gwen")).AccessToken!;
        var at = token.Length / 2;
        var changed = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
        using var answer = await _server.GetAsync("/api/account", changed);
        await answer.RefusesAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task An_access_token_expires_after_an_hour_and_the_refresh_token_brings_a_new_one()
    {
        var old = await _server.GuestAsync("Gwen");
        _server.Time.Advance(TimeSpan.FromMinutes(59));
        await IsAsync(HttpStatusCode.OK, old.AccessToken);
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        await IsAsync(HttpStatusCode.Unauthorized, old.AccessToken);

        var fresh = await _server.SessionAsync("/api/account/refresh", new { refreshToken = old.RefreshToken });
        Assert.Equal((old.User, 3600), (fresh.User, fresh.ExpiresIn));
        await IsAsync(HttpStatusCode.OK, fresh.AccessToken);
    }

    [Fact]
    public async Task Access_and_refresh_tokens_do_not_stand_in_for_each_other()
    {
        var session = await _server.GuestAsync("Gwen");
        await IsAsync(HttpStatusCode.Unauthorized, session.RefreshToken);
        await RefreshIsRefusedAsync(session.AccessToken);
    }

    [Fact]
    public async Task The_old_refresh_token_stays_good_for_a_client_that_lost_the_new_one()
    {
        var session = await _server.GuestAsync("Gwen");
        await _server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });
        await _server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });
    }

    [Fact]
    public async Task A_sign_in_that_is_refreshed_lasts_and_one_that_is_not_ends_after_thirty_days()
    {
        var session = await _server.GuestAsync("Gwen");
        for (var i = 0; i < 3; i++)
        {
            _server.Time.Advance(TimeSpan.FromDays(29));
            session = await _server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });
        }
        _server.Time.Advance(TimeSpan.FromDays(30));
        await RefreshIsRefusedAsync(session.RefreshToken);
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("")]
    public Task A_forged_refresh_token_is_refused(string token) => RefreshIsRefusedAsync(token);

    [Fact]
    public async Task A_missing_refresh_token_is_invalid()
    {
        using var answer = await _server.PostAsync("/api/account/refresh", new { });
        Assert.StartsWith("refreshToken", await answer.RefusesAsync(400, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_out_ends_the_access_and_the_refresh_token_at_once_and_no_other_sign_in()
    {
        var ended = new List<string>();
        _server.Services.GetRequiredService<SignIns>().Ended += ended.Add;
        var one = await _server.RegisterAsync("Dora", "long enough");
        var other = await _server.SessionAsync("/api/account/login", new { name = "Dora", password = "long enough" });
        var refreshed = await _server.SessionAsync("/api/account/refresh", new { refreshToken = one.RefreshToken });

        using (var answer = await _server.PostAsync("/api/account/logout", token: one.AccessToken))
        {
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
        Assert.Single(ended);
        await IsAsync(HttpStatusCode.Unauthorized, one.AccessToken);
        await IsAsync(HttpStatusCode.Unauthorized, refreshed.AccessToken);
        await RefreshIsRefusedAsync(one.RefreshToken);
        await RefreshIsRefusedAsync(refreshed.RefreshToken);
        await IsAsync(HttpStatusCode.OK, other.AccessToken);
        using var again = await _server.PostAsync("/api/account/logout", token: one.AccessToken);
        await again.RefusesAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Tokens_outlive_a_restart_of_the_server()
    {
        var session = await _server.GuestAsync("Gwen");
        await _server.RestartAsync();
        await IsAsync(HttpStatusCode.OK, session.AccessToken);
        await _server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });
    }

    [Fact]
    public async Task A_token_or_cookie_of_one_account_with_the_sign_in_of_another_is_forged()
    {
        await _server.GuestAsync("Mallory");
        var victim = await _server.GuestAsync("Vera");
        await using var db = await _server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        var malloryId = await db.SignIns.Where(s => s.AccountId != victim.User.Id).Select(s => s.Id)
            .SingleAsync(TestContext.Current.CancellationToken);
        var veraId = await db.SignIns.Where(s => s.AccountId == victim.User.Id).Select(s => s.Id)
            .SingleAsync(TestContext.Current.CancellationToken);

        await IsAsync(HttpStatusCode.OK, Forge(veraId).Access);
        var (access, refresh, cookie) = Forge(malloryId);
        await IsAsync(HttpStatusCode.Unauthorized, access);
        await RefreshIsRefusedAsync(refresh);
        using (var answer = await _server.GetAsync("/api/account", cookie: cookie))
            await answer.RefusesAsync(401, "unauthenticated");
        using (var logout = await _server.PostAsync("/api/account/logout", token: access))
            await logout.RefusesAsync(401, "unauthenticated");
        Assert.Equal(2, await db.SignIns.CountAsync(TestContext.Current.CancellationToken));

        // Makes a token as a person could who has the keys, from a backup for example.
        (string Access, string Refresh, string Cookie) Forge(string signInId)
        {
            var tokens = _server.Services.GetRequiredService<IOptionsMonitor<BearerTokenOptions>>()
                .Get(BearerTokenDefaults.AuthenticationScheme);
            var cookies = _server.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
                .Get(CookieAuthenticationDefaults.AuthenticationScheme);
            return (tokens.BearerTokenProtector.Protect(Ticket(BearerTokenDefaults.AuthenticationScheme)),
                tokens.RefreshTokenProtector.Protect(Ticket(BearerTokenDefaults.AuthenticationScheme)),
                $"chat={cookies.TicketDataFormat.Protect(Ticket(CookieAuthenticationDefaults.AuthenticationScheme))}");

            AuthenticationTicket Ticket(string scheme) => new(
                ChatClaims.Principal(victim.User, signInId, scheme),
                new AuthenticationProperties { ExpiresUtc = _server.Time.GetUtcNow().AddHours(1) }, scheme);
        }
    }

    [Fact]
    public async Task Sign_ins_that_have_expired_are_put_away()
    {
        await _server.GuestAsync("Gwen");
        var signIns = _server.Services.GetRequiredService<SignIns>();
        var ended = new List<string>();
        signIns.Ended += ended.Add;
        // Not the hourly sweep, which would do it at the same time.
        var databases = _server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>();
        await using var db = await databases.CreateDbContextAsync(TestContext.Current.CancellationToken);
        var past = _server.Time.GetUtcNow().UtcDateTime - TimeSpan.FromSeconds(1);
        await db.SignIns.ExecuteUpdateAsync(s => s.SetProperty(r => r.Expires, past), TestContext.Current.CancellationToken);
        await _server.GuestAsync("Gwenda");

        Assert.Equal(1, await signIns.EndExpiredAsync(TestContext.Current.CancellationToken));
        Assert.Single(ended);
        Assert.Equal(1, await db.SignIns.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_in_the_query_counts_only_where_a_browser_cannot_do_otherwise()
    {
        var session = await _server.GuestAsync("Gwen");
        var query = $"?access_token={session.AccessToken}";
        foreach (var path in (string[])["/hubs/chat", "/hubs/chat/negotiate", "/api/rooms/r/events/stream"])
        {
            using var answer = await _server.GetAsync(path + query);
            Assert.Equal(session.User, await answer.ReadAsync<User>());
        }
        foreach (var path in (string[])["/api/account", "/api/rooms", "/api/rooms/r/events", "/api/rooms/r/events/"])
        {
            using var answer = await _server.GetAsync(path + query);
            await answer.RefusesAsync(401, "unauthenticated");
        }
        using var refresh = await _server.GetAsync($"/hubs/chat?access_token={session.RefreshToken}");
        await refresh.RefusesAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task The_kind_and_the_sign_in_travel_with_the_principal()
    {
        var session = await _server.RegisterAsync("Mara", "long enough");
        using var answer = await _server.GetAsync("/hubs/chat", session.AccessToken);
        Assert.Equal(session.User, await answer.ReadAsync<User>());
        Assert.Throws<ChatException>(() => new System.Security.Claims.ClaimsPrincipal().ToUser());
        Assert.Throws<ChatException>(() => new System.Security.Claims.ClaimsPrincipal().SignInId());
    }

    private async Task IsAsync(HttpStatusCode expected, string? token)
    {
        using var answer = await _server.GetAsync("/api/account", token);
        Assert.Equal(expected, answer.StatusCode);
    }

    private async Task RefreshIsRefusedAsync(string? refreshToken)
    {
        using var answer = await _server.PostAsync("/api/account/refresh", new { refreshToken });
        await answer.RefusesAsync(401, "unauthenticated");
    }
}
