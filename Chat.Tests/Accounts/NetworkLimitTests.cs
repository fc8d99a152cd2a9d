using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Accounts.Passwords;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>A network of 65,536 addresses is not as many people.</summary>
public sealed class NetworkLimitTests
{
    private const int AMinute = 2, QueueOfOne = 16;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_56_has_four_times_and_a_48_sixteen_times_what_one_address_may_do_in_a_minute()
    {
        var limits = new AddressLimits(
            Options.Create(new LimitOptions { AccountsPerMinute = AMinute }), Options.Create(new AccountOptions()),
            _time);
        bool Takes(string address)
        {
            try
            {
                limits.TakeAccount(IPAddress.Parse(address));
                return true;
            }
            catch (ChatException e) when (e.Code == ErrorCodes.RateLimited)
            {
                return false;
            }
        }

        Assert.Equal(AMinute, Enumerable.Range(0, 9).Count(n => Takes($"2001:db8:0:100::{n:x}")));
        Assert.Equal(AMinute * 4, AMinute + Enumerable.Range(0, 256).Count(n => Takes($"2001:db8:0:1{n:x2}::1")));
        var more = Enumerable.Range(2, 200).Count(n => Takes($"2001:db8:0:{n:x}00::1"));
        Assert.Equal(AMinute * 16, (AMinute * 4) + more);
        Assert.True(Takes("2001:db8:1::1"));
        Assert.Equal(AMinute, Enumerable.Range(0, 9).Count(_ => Takes("::ffff:192.0.2.1")));
        Assert.True(Takes("192.0.2.2"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Takes("2001:db8:0:100::1"));
    }

    [Fact]
    public async Task One_network_cannot_fill_the_line_of_passwords_and_two_leave_places_for_known_devices()
    {
        var go = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var account = new Account { PasswordHash = "none" };
        using var hashing = new PasswordHashing(
            new PasswordHasher<Account>(), Options.Create(new PasswordHasherOptions { IterationCount = 1 }),
            Options.Create(new AccountOptions { HashingAtOnce = 1, HashingQueuePerAddress = QueueOfOne }));
        var waiting = new List<Task<bool>>();
        bool Waits(string address, bool isKnown = false)
        {
            var verified = hashing.VerifyAsync(account, "x", () => go.Task, IPAddress.Parse(address), isKnown, Ct);
            if (verified.IsFaulted)
            {
                var refusal = Assert.IsType<ChatException>(verified.Exception!.InnerException);
                Assert.Equal(ErrorCodes.RateLimited, refusal.Code);
                return false;
            }
            waiting.Add(verified);
            return true;
        }

        Assert.Equal(QueueOfOne * 4, Enumerable.Range(0, 256).Count(n => Waits($"2001:db8:0:{n:x}::1")));
        Assert.NotEqual(0, Enumerable.Range(256, 5_000).Count(n => Waits($"2001:db8:0:{n:x}::1")));
        Assert.Equal(QueueOfOne * 16, waiting.Count);
        Assert.True(Waits("198.51.100.1"));

        const int Unknown = PasswordHashing.MostWaiting - PasswordHashing.KeptForKnownDevices;
        Assert.NotEqual(0, Enumerable.Range(0, 5_000).Count(n => Waits($"2001:db8:9:{n:x}::1")));
        Assert.Equal(Unknown, waiting.Count);
        Assert.False(Waits("198.51.100.2"));
        Assert.True(Waits("198.51.100.2", isKnown: true));

        go.SetResult(true);
        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }
}
