using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Chat.Contracts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts.Passwords;

/// <summary>
/// The only place that hashes passwords, because hashing is costly on purpose. It hashes a few passwords at the same
/// time, so that other calls keep processors, and those of one address one after the other, so that nobody takes all
/// turns. Each address has a bounded queue; a request that does not fit is refused with the time to come back.
/// Thread-safe.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    /// <summary>OWASP's recommendation for PBKDF2 with SHA-512.</summary>
    public const int Rounds = 210_000;

    /// <summary>The most requests of all addresses that wait on this node.</summary>
    private const int MostWaiting = 512;

    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(2);

    private readonly IPasswordHasher<Account> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly Dictionary<UInt128, Line> _lines = [];
    private readonly int _rounds;
    private readonly int _mostOfOne;
    private readonly (Account Account, string Hash) _nobody;
    private int _waiting;

    /// <summary>Hashes once, so that the first login takes no longer than the others.</summary>
    public PasswordHashing(IPasswordHasher<Account> hasher, IOptions<PasswordHasherOptions> rounds,
        IOptions<AccountOptions> options)
    {
        (_hasher, _rounds, _mostOfOne) = (hasher, rounds.Value.IterationCount, options.Value.HashingQueuePerAddress);
        var atOnce = options.Value.HashingAtOnce;
        _turns = new SemaphoreSlim(atOnce > 0 ? atOnce : Math.Max(1, Environment.ProcessorCount / 2));
        var nobody = new Account();
        _nobody = (nobody,
            new PasswordHasher<Account>(rounds).HashPassword(nobody, RandomNumberGenerator.GetHexString(32)));
    }

    /// <summary>Hashes a new password.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public Task<string> HashAsync(Account account, string password, IPAddress? address,
        CancellationToken cancellation) =>
        InTurnAsync(address, () => Task.FromResult(_hasher.HashPassword(account, password)), cancellation);

    /// <summary>
    /// Whether this is the account's password. The check takes equally long for a wrong password, for an account
    /// without one and for a name without an account, also if the account's hash has fewer rounds.
    /// <paramref name="check"/> may hash it again, with today's rounds, if it is right.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public Task<bool> VerifyAsync(Account? account, string password, Func<Task<bool>> check, IPAddress? address,
        CancellationToken cancellation) =>
        InTurnAsync(address, async () =>
        {
            if (account?.PasswordHash is not { } hash)
            {
                _hasher.VerifyHashedPassword(_nobody.Account, _nobody.Hash, password);
                return false;
            }
            if (await check()) return true;
            Spend(password, _rounds - RoundsOf(hash));
            return false;
        }, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task<T> InTurnAsync<T>(IPAddress? address, Func<Task<T>> work, CancellationToken cancellation)
    {
        var key = AddressLimits.Key(address);
        var line = Enter(key);
        try
        {
            await line.Turn.WaitAsync(cancellation);
            try
            {
                await _turns.WaitAsync(cancellation);
                try
                {
                    return await work();
                }
                finally
                {
                    _turns.Release();
                }
            }
            finally
            {
                line.Turn.Release();
            }
        }
        finally
        {
            Leave(key, line);
        }
    }

    private Line Enter(UInt128 key)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(key, out var line))
                line = new Line();
            if (line.Count >= _mostOfOne || _waiting >= MostWaiting)
                throw new ChatException(ErrorCodes.RateLimited,
                    "too many passwords are being checked; try again in a moment") { RetryAfter = s_comeBack };
            line.Count++;
            _waiting++;
            return _lines[key] = line;
        }
    }

    private void Leave(UInt128 key, Line line)
    {
        lock (_lines)
        {
            _waiting--;
            if (--line.Count > 0) return;
            _lines.Remove(key);
            line.Dispose();
        }
    }

    private static void Spend(string password, int rounds)
    {
        if (rounds > 0) Rfc2898DeriveBytes.Pbkdf2(password, new byte[16], rounds, HashAlgorithmName.SHA512, 32);
    }

    /// <summary>The rounds of a hash in Identity's third format, which begins with a byte of 1, the function, the
    /// rounds and the length of the salt. Any other hash counts as one with today's rounds.</summary>
    private int RoundsOf(string hash)
    {
        Span<byte> bytes = stackalloc byte[hash.Length];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length > 9 && bytes[0] == 1
            ? (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]), int.MaxValue)
            : _rounds;
    }

    /// <summary>The queue of one address.</summary>
    private sealed class Line : IDisposable
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Count { get; set; }

        public void Dispose() => Turn.Dispose();
    }
}
