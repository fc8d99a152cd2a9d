using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Server.Accounts;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>Strangers who guess passwords lock themselves out, and nobody else.</summary>
public sealed class LockoutTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    private readonly AccountServer _server = new() { Settings = { ["Chat:Accounts:FailedLoginsPerMinute"] = "1000" } };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Five_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out()
    {
        await _server.RegisterAsync("Dora", Password);
        using var stranger = _server.From("127.0.0.9");
        await FailAsync(stranger, 5);
        using (var locked = await LogInAsync(stranger, Password)) await locked.RefusesAsync(429, "rate_limited");

        await _server.SessionAsync("/api/account/login", new { name = "Dora", password = Password });
        using var still = await LogInAsync(stranger, Password);
        await still.RefusesAsync(429, "rate_limited");
    }

    [Fact]
    public async Task A_device_that_signed_in_before_has_five_tries_of_its_own_though_a_stranger_at_its_address_used_up_all()
    {
        var session = await _server.RegisterAsync("Dora", Password);
        await FailAsync(_server.Http, 5);
        using (var unknown = await LogInAsync(_server.Http, Password)) await unknown.RefusesAsync(429, "rate_limited");
        using (var known = await LogInAsync(_server.Http, Password, session.DeviceToken))
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);

        await FailAsync(_server.Http, 5, session.DeviceToken);
        using var locked = await LogInAsync(_server.Http, Password, session.DeviceToken);
        await locked.RefusesAsync(429, "rate_limited");
    }

    [Fact]
    public async Task Guessing_from_many_addresses_slows_unknown_devices_down_and_a_known_one_does_not_notice()
    {
        var session = await _server.RegisterAsync("Dora", Password);
        for (var n = 0; n < LoginLockout.TriesOfAll / 4; n++)
        {
            using var one = _server.From($"127.0.1.{n + 1}");
            await FailAsync(one, 4);
        }
        using var fresh = _server.From("127.0.2.1");
        using (var slowed = await LogInAsync(fresh, Password))
        {
            await slowed.RefusesAsync(429, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(1), slowed.Headers.RetryAfter?.Delta);
        }
        using (var known = await LogInAsync(_server.Http, Password, session.DeviceToken))
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        _server.Time.Advance(TimeSpan.FromSeconds(1));
        await FailAsync(fresh, 1);
        using (var slower = await LogInAsync(fresh, Password))
            Assert.Equal(TimeSpan.FromSeconds(2), slower.Headers.RetryAfter?.Delta);
        _server.Time.Advance(TimeSpan.FromSeconds(2));
        using var patient = await LogInAsync(fresh, Password);
        Assert.Equal(HttpStatusCode.OK, patient.StatusCode);
    }

    [Fact]
    public async Task A_device_is_known_for_the_accounts_that_signed_in_on_it_and_for_no_other()
    {
        await _server.RegisterAsync("Dora", Password);
        var other = await _server.RegisterAsync("Mallory", Password);
        await FailAsync(_server.Http, 5);
        foreach (var token in (string?[])[other.DeviceToken, "forged", "", new string('x', 10_000)])
        {
            using var refused = await LogInAsync(_server.Http, Password, token);
            await refused.RefusesAsync(429, "rate_limited");
        }
    }

    [Fact]
    public async Task A_browser_is_known_by_a_cookie_that_stays_when_the_member_signs_out_and_is_not_shown_to_scripts()
    {
        using var registered = await _server.PostAsync("/api/account/register?useCookies=true",
            new { name = "Dora", password = Password });
        var signedIn = registered.Cookie();
        string device;
        using (var who = await _server.GetAsync("/api/account", cookie: signedIn))
        {
            var set = Assert.Single(who.Headers.GetValues("Set-Cookie"));
            Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("path=/api/account", set, StringComparison.Ordinal);
            device = set.Split(';')[0];
        }
        using (var again = await _server.GetAsync("/api/account", cookie: $"{signedIn}; {device}"))
            Assert.False(again.Headers.Contains("Set-Cookie"));
        (await _server.PostAsync("/api/account/logout", cookie: $"{signedIn}; {device}")).Dispose();

        await FailAsync(_server.Http, 5);
        using var known = await _server.PostAsync("/api/account/login?useCookies=true",
            new { name = "Dora", password = Password }, cookie: device);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task A_guest_gets_no_device_token_since_there_is_no_password_to_guess() =>
        Assert.Null((await _server.GuestAsync("Gwen")).DeviceToken);

    private static Task<HttpResponseMessage> LogInAsync(HttpClient http, string password, string? deviceToken = null) =>
        http.PostAsJsonAsync("/api/account/login", new PasswordRequest("Dora", password, deviceToken),
            ChatJson.Options, Ct);

    private static async Task FailAsync(HttpClient http, int times, string? deviceToken = null)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await LogInAsync(http, "wrong horse", deviceToken);
            await answer.RefusesAsync(401, "unauthenticated");
        }
    }
}
