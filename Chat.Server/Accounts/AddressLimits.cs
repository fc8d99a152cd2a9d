using System.Collections.Concurrent;
using System.Net;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>
/// Limits how often one address, and each network around it (<see cref="AddressPrefix"/>), may do something in a
/// minute. The minute begins with the first time. Counts are in this node's memory and end with their minute.
/// Thread-safe.
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
        private readonly ConcurrentDictionary<AddressPrefix, (DateTimeOffset Ends, int Count)> _counts = new();
        private long _nextSweep;

        public void Take(IPAddress? address)
        {
            var now = time.GetUtcNow();
            Sweep(now);
            var prefixes = AddressPrefix.Of(address);
            for (var i = 0; i < prefixes.Count; i++)
            {
                var limit = most * prefixes[i].Share;
                var (ends, count) = _counts.AddOrUpdate(
                    prefixes[i],
                    _ => (now + Length, 1),
                    (_, old) => old.Ends <= now ? (now + Length, 1) : (old.Ends, Math.Min(old.Count, limit) + 1));
                if (count <= limit) continue;
                // A refusal for the whole network does not count for the address.
                foreach (var narrower in prefixes.Take(i)) Return(narrower);
                var where = i == 0 ? "address" : "network";
                throw new ChatException(ErrorCodes.RateLimited, $"at most {limit} a minute from one {where}")
                {
                    RetryAfter = ends - now,
                };
            }
        }

        public void Return(IPAddress? address)
        {
            foreach (var prefix in AddressPrefix.Of(address)) Return(prefix);
        }

        private void Return(AddressPrefix prefix)
        {
            while (_counts.TryGetValue(prefix, out var old) && old.Count > 0)
            {
                if (_counts.TryUpdate(prefix, (old.Ends, old.Count - 1), old)) return;
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
}
