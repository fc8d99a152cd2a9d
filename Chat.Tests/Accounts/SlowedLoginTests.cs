using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Tests.Cluster;
using Chat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>Guessing from several networks slows unknown devices down, and keeps nobody out for good.</summary>
public sealed class SlowedLoginTests(AccountServer server, SharedPostgres postgres) : IClassFixture<AccountServer>
{
    private LoginLockout? _onPostgres;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LoginLockout Lockout => _onPostgres ?? server.Services.GetRequiredService<LoginLockout>();

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task Somebody_who_comes_back_when_told_gets_a_try_though_others_ask_all_the_time(int attackers)
    {
        var name = $"owner of {attackers}";
        var owner = IPAddress.Parse("198.51.100.1");
        IPAddress[] others = [.. Enumerable.Range(0, attackers).Select(n => IPAddress.Parse($"203.0.113.{n}"))];
        for (var n = 0; n < LoginLockout.TriesOfAll + 10; n++)
            await FailAsync(name, IPAddress.Parse($"192.0.2.{n}"));
        var guesses = 0;
        await AllAskAsync();

        var wait = await WaitAsync(name, owner);
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        for (var left = wait; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(10))
        {
            server.Time.Advance(left < TimeSpan.FromSeconds(10) ? left : TimeSpan.FromSeconds(10));
            await AllAskAsync();
        }

        var (right, _) = await Lockout.TryAsync(name, null, owner, () => Task.FromResult(true), Ct);

        Assert.True(right);
        // A try a minute, or one of each network in ten minutes if that is more.
        Assert.InRange(guesses, 0, Math.Max(12, (int)(attackers * (wait.TotalMinutes + 10) / 10)));

        async Task AllAskAsync()
        {
            foreach (var other in others)
            {
                if (await TryAsync(name, other) is null)
                    guesses++;
            }
        }
    }

    [Fact]
    public async Task On_PostgreSQL_a_place_in_the_line_is_good_for_one_try_too()
    {
        await using var node = new ChatServer(Nodes.Settings(await postgres.NewDatabaseAsync(Ct)), server.Time);
        _onPostgres = node.Services.GetRequiredService<LoginLockout>();
        await A_place_in_the_line_is_good_for_one_try_and_the_next_one_waits_again();
    }

    [Fact]
    public async Task A_place_in_the_line_is_good_for_one_try_and_the_next_one_waits_again()
    {
        const string Name = "once";
        var address = IPAddress.Parse("2001:db8:7:1::1");
        var sameNetwork = IPAddress.Parse("2001:db8:7:2::1");
        for (var n = 0; n < LoginLockout.TriesOfAll + 6; n++)
            await FailAsync(Name, IPAddress.Parse($"192.0.2.{n}"));
        var wait = await WaitAsync(Name, address);

        Assert.Equal(wait, await WaitAsync(Name, sameNetwork)); // a /48 has one place, or it would have 65,536
        server.Time.Advance(wait);
        Assert.Null(await TryAsync(Name, sameNetwork));
        Assert.NotNull(await TryAsync(Name, address));
    }

    [Fact]
    public async Task Passwords_that_wait_to_be_hashed_hold_up_only_tries_from_their_own_place()
    {
        var go = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var address = IPAddress.Parse("203.0.113.77");
        var waiting = Enumerable.Range(0, 200)
            .Select(n => Lockout.TryAsync($"busy {n}", null, address, () => go.Task, Ct)).ToList();
        var second = Lockout.TryAsync("busy 0", null, address, () => Task.FromResult(true), Ct);

        foreach (var n in Enumerable.Range(0, 50))
        {
            await Lockout.TryAsync($"quick {n}", null, address, () => Task.FromResult(true), Ct)
                .WaitAsync(TimeSpan.FromSeconds(20), Ct);
        }

        Assert.False(second.IsCompleted);
        go.SetResult(true);
        Assert.All(await Task.WhenAll(waiting), tried => Assert.True(tried.Right));
        Assert.True((await second).Right);
    }

    /// <summary>Null: the password was looked at; otherwise how long to wait.</summary>
    private async Task<TimeSpan?> TryAsync(string name, IPAddress address)
    {
        try
        {
            await Lockout.TryAsync(name, null, address, () => Task.FromResult(false), Ct);
            return null;
        }
        catch (ChatException e) when (e.Code == ErrorCodes.RateLimited)
        {
            return e.RetryAfter;
        }
    }

    private async Task<TimeSpan> WaitAsync(string name, IPAddress address)
    {
        var wait = await TryAsync(name, address);
        Assert.NotNull(wait);
        return wait.Value;
    }

    /// <summary>Tries a wrong password, after the time that it is told to wait.</summary>
    private async Task FailAsync(string name, IPAddress address)
    {
        while (await TryAsync(name, address) is { } wait)
            server.Time.Advance(wait);
    }
}
