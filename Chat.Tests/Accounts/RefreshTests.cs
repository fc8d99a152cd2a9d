using System.Net;
using Chat.Tests.Statements;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>Refreshing a sign-in again and again costs nobody else anything.</summary>
public sealed class RefreshTests : IAsyncLifetime
{
    private const int Burst = 20;

    private readonly AccountServer _server = new();
    private readonly WatchedStatements _watched = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _watched.Dispose();
    }

    [Fact]
    public async Task Three_hundred_refreshes_at_once_write_once()
    {
        var session = await _server.GuestAsync("Gwen");
        _server.Time.Advance(TimeSpan.FromMinutes(2));
        _watched.Begin();

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ =>
            _server.PostAsync("/api/account/refresh", new { refreshToken = session.RefreshToken })));

        Assert.Equal(Burst, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        await answers.First(a => a.StatusCode != HttpStatusCode.OK).RefusesAsync(429, "rate_limited");
        Assert.Equal(1, Runs("UPDATE"));
        Assert.InRange(Runs(""), 1, Burst + 1);
    }

    [Fact]
    public async Task A_sign_in_that_was_refreshed_within_a_minute_is_read_and_not_written()
    {
        var session = await _server.GuestAsync("Gwen");
        _watched.Begin();

        var again = await _server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });

        Assert.Equal(session.User, again.User);
        Assert.Equal(0, Runs("UPDATE"));
    }

    [Fact]
    public async Task Logging_out_many_times_at_once_ends_the_sign_in_and_costs_a_bounded_number_of_statements()
    {
        var session = await _server.GuestAsync("Gwen");
        _watched.Begin();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            _server.PostAsync("/api/account/logout", token: session.AccessToken)));

        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.InRange(Runs("DELETE"), 1, Burst);
        foreach (var answer in answers) answer.Dispose();
    }

    /// <summary>Statements about sign-ins that begin so.</summary>
    private int Runs(string verb) => _watched.Runs(
        _server.DatabaseFile,
        sql => sql.StartsWith(verb, StringComparison.Ordinal) && sql.Contains("SignIns", StringComparison.Ordinal));
}
