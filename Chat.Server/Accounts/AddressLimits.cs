using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>
/// What one address may do in a minute, counted from the first time it does it. IPv6 hosts have a whole /64, so that is one address
/// here. Kept in this node's memory and forgotten when the minute is over. Thread-safe.
/// </summary>
public sealed class AddressLimits(IOptions<LimitOptions> limits, IOptions<AccountOptions> options, TimeProvider time)
{
    private readonly Minute _accounts = new(limits.Value.AccountsPerMinute, time);
    private readonly Minute _failures = new(options.Value.FailedLoginsPerMinute, time);

    /// <summary>Counts a new guest or account.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void TakeAccount(IPAddress? address) => _accounts.Take(address);

    /// <summary>Counts a login as failed before it is known to be: many at once are not let through by being quick.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void TakeLogin(IPAddress? address) => _failures.Take(address);

    /// <summary>Takes the last <see cref="TakeLogin"/> back: the password was right.</summary>
    public void ReturnLogin(IPAddress? address) => _failures.Return(address);

    private sealed class Minute(int most, TimeProvider time)
    {
        private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);
        private readonly ConcurrentDictionary<UInt128, (DateTimeOffset Ends, int Count)> _counts = new();
        private long _nextSweep;

        public void Take(IPAddress? address)
        {
            var now = time.GetUtcNow();
            Sweep(now);
            var (ends, count) = _counts.AddOrUpdate(
                Key(address),
                (now + Length, 1),
                (_, old) => old.Ends <= now ? (now + Length, 1) : (old.Ends, Math.Min(old.Count, most) + 1));
            if (count > most)
            {
                throw new ChatException(ErrorCodes.RateLimited, $"at most {most} a minute from one address") { RetryAfter = ends - now };
            }
        }

        public void Return(IPAddress? address)
        {
            var key = Key(address);
            while (_counts.TryGetValue(key, out var old) && old.Count > 0)
            {
                if (_counts.TryUpdate(key, (old.Ends, old.Count - 1), old)) return;
            }
        }

        /// <summary>Once a minute, whoever comes first puts away what is over.</summary>
        private void Sweep(DateTimeOffset now)
        {
            var due = Interlocked.Read(ref _nextSweep);
            if (now.Ticks < due || Interlocked.CompareExchange(ref _nextSweep, (now + Length).Ticks, due) != due) return;
            foreach (var entry in _counts)
            {
                if (entry.Value.Ends <= now) _counts.TryRemove(entry);
            }
        }
    }

    /// <summary>The key under which requests of an address are counted.</summary>
    internal static UInt128 Key(IPAddress? address)
    {
        if (address is null) return 0;
        var bytes = address.MapToIPv6().GetAddressBytes().AsSpan();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6) bytes[8..].Clear();
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
