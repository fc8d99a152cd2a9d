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
/// turns. Each address has a bounded queue, and so has each network around it (<see cref="AddressPrefix"/>); a request
/// that does not fit is refused with the time to come back. Thread-safe.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    /// <summary>OWASP's recommendation for PBKDF2 with SHA-512.</summary>
    public const int Rounds = 210_000;

    /// <summary>The most requests of all addresses that wait on this node.</summary>
    internal const int MostWaiting = 512;

    /// <summary>Places among these that only devices get on which the account has signed in before.</summary>
    internal const int KeptForKnownDevices = 128;

    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(2);

    private readonly IPasswordHasher<Account> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly Dictionary<AddressPrefix, Line> _lines = [];
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
        InTurnAsync(
            address, isKnown: false, () => Task.FromResult(_hasher.HashPassword(account, password)), cancellation);

    /// <summary>
    /// Whether this is the account's password. The check takes equally long for a wrong password, for an account
    /// without one and for a name without an account, also if the account's hash has fewer rounds.
    /// <paramref name="check"/> may hash it again, with today's rounds, if it is right.
    /// <paramref name="isKnown"/>: the account has signed in on this device before.
    /// </summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public Task<bool> VerifyAsync(Account? account, string password, Func<Task<bool>> check, IPAddress? address,
        bool isKnown, CancellationToken cancellation) =>
        InTurnAsync(address, isKnown, async () =>
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

    private async Task<T> InTurnAsync<T>(
        IPAddress? address, bool isKnown, Func<Task<T>> work, CancellationToken cancellation)
    {
        var lines = Enter(AddressPrefix.Of(address), isKnown);
        try
        {
            // The narrowest network first: a request takes a turn of a wider one only when it is the next of its own
            // address.
            return await InTurnAsync([.. lines.Select(line => line.Turn), _turns], work, cancellation);
        }
        finally
        {
            Leave(lines);
        }
    }

    private static async Task<T> InTurnAsync<T>(
        IReadOnlyList<SemaphoreSlim> turns, Func<Task<T>> work, CancellationToken cancellation)
    {
        var taken = 0;
        try
        {
            for (; taken < turns.Count; taken++)
                await turns[taken].WaitAsync(cancellation);
            return await work();
        }
        finally
        {
            while (taken > 0)
                turns[--taken].Release();
        }
    }

    private List<Line> Enter(IReadOnlyList<AddressPrefix> prefixes, bool isKnown)
    {
        lock (_lines)
        {
            var isFull = _waiting >= (isKnown ? MostWaiting : MostWaiting - KeptForKnownDevices)
                || prefixes.Any(p => _lines.TryGetValue(p, out var line) && line.Count >= _mostOfOne * p.Share);
            if (isFull)
                throw new ChatException(ErrorCodes.RateLimited,
                    "too many passwords are being checked; try again in a moment") { RetryAfter = s_comeBack };
            _waiting++;
            var lines = new List<Line>();
            foreach (var prefix in prefixes)
            {
                if (!_lines.TryGetValue(prefix, out var line))
                    _lines[prefix] = line = new Line(prefix);
                line.Count++;
                lines.Add(line);
            }
            return lines;
        }
    }

    private void Leave(List<Line> lines)
    {
        lock (_lines)
        {
            _waiting--;
            foreach (var line in lines)
            {
                if (--line.Count > 0) continue;
                _lines.Remove(line.Prefix);
                line.Turn.Dispose();
            }
        }
    }

    private static void Spend(string password, int rounds)
    {
        if (rounds > 0) Rfc2898DeriveBytes.Pbkdf2(password, new byte[16], rounds, HashAlgorithmName.SHA512, 32);
    }

    /// <summary>
    /// The rounds of a hash in Identity's third format, which begins with a byte of 1, the function, the rounds and the
    /// length of the salt. Any other hash counts as one with today's rounds.
    /// </summary>
    private int RoundsOf(string hash)
    {
        Span<byte> bytes = stackalloc byte[hash.Length];
        return Convert.TryFromBase64String(hash, bytes, out var length) && length > 9 && bytes[0] == 1
            ? (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]), int.MaxValue)
            : _rounds;
    }

    /// <summary>The queue of one address or network.</summary>
    private sealed class Line(AddressPrefix prefix)
    {
        public AddressPrefix Prefix { get; } = prefix;

        public SemaphoreSlim Turn { get; } = new(prefix.Share);

        public int Count { get; set; }
    }
}
