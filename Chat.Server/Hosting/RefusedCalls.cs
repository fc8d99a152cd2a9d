using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Counts the calls that the server refuses, over the hub and over HTTP, and logs them in one line every ten seconds,
/// however many there are. Of the server's own faults, the first of a kind in that time is logged with its stack. It
/// also tells whose refusals are a flood. Thread-safe.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the service provider.")]
internal sealed class RefusedCalls(
    IOptions<LimitOptions> limits, BackgroundLoops loops, TimeProvider time, ILogger<RefusedCalls> logger)
    : BackgroundService
{
    /// <summary>How often a line is written while there is something to say.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The most kinds of refusals, users and kinds of faults that one interval tells apart.</summary>
    private const int MostKinds = 100, MostUsers = 1_000;

    /// <summary>The most answers of refused requests that are kept at a time, each with its connection.</summary>
    private const int MostKept = 1_000;

    /// <summary>The answers that are kept now.</summary>
    internal int Kept => Volatile.Read(ref _kept);

    /// <summary>The refusal that takes the last token ends its connection.</summary>
    private readonly TokenBuckets _flood = new("refused calls", limits.Value.RefusalRate,
        limits.Value.RefusalBurst + 1, time);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _refusals = [], _users = [];
    private readonly HashSet<string> _faults = [];
    private int _total, _faultsHeldBack, _kept;

    /// <summary>Counts one refusal. False if this user has had so many that the connection is to end.</summary>
    /// <param name="way">The way of the call: <c>hub</c> or <c>http</c>.</param>
    /// <param name="code">The contract's code.</param>
    /// <param name="userId">The caller's id; null if nobody was signed in.</param>
    public bool Count(string way, string code, string? userId)
    {
        Note(way, code, userId);
        return userId is null || (_flood.TryTake(userId, 1) is null && RefuseFlood(userId) is null);
    }

    private void Note(string way, string code, string? userId)
    {
        lock (_gate)
        {
            _total++;
            Add(_refusals, $"{way} {code}", MostKinds);
            if (userId is not null)
                Add(_users, userId, MostUsers);
        }
    }

    /// <summary>Counts a refused request. A flood of refusals ends the connection after this answer.</summary>
    public void Count(HttpContext http, string code)
    {
        if (!Count("http", code, http.User.FindFirstValue(ClaimTypes.NameIdentifier)))
            Close(http);
    }

    private static void Close(HttpContext http) =>
        http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>Counts a refused request and answers it.</summary>
    public Task AnswerAsync(HttpContext http, ChatException refusal)
    {
        Count(http, refusal.Code);
        return Problems.WriteAsync(http, refusal);
    }

    /// <summary>
    /// Answers a request that was refused before it reached an endpoint. It cost little, and somebody else may have
    /// made it with an old token or from another page. So it is logged, and does not count towards the user's flood.
    /// The answer to one over a rate is kept for a while (<see cref="LimitOptions.RefusalDelay"/>), except where
    /// <see cref="MostKept"/> wait already; then its connection ends.
    /// </summary>
    public async Task AnswerEarlyAsync(HttpContext http, ChatException refusal)
    {
        Note("http", refusal.Code, http.User.FindFirstValue(ClaimTypes.NameIdentifier));
        if (refusal.RetryAfter is not null && limits.Value.RefusalDelay > TimeSpan.Zero)
        {
            try
            {
                if (Interlocked.Increment(ref _kept) <= MostKept)
                    await Task.Delay(limits.Value.RefusalDelay, time, http.RequestAborted)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                else
                    Close(http);
            }
            finally
            {
                Interlocked.Decrement(ref _kept);
            }
        }
        if (!http.RequestAborted.IsCancellationRequested)
            await Problems.WriteAsync(http, refusal);
    }

    /// <summary>
    /// The refusal of a request whose user makes a flood of refused calls; null for others. It leaves the connection
    /// open, since a new one would cost more than the answer.
    /// </summary>
    public ChatException? RefuseFlood(string userId) => _flood.RefuseIfShort(userId, 1);

    /// <summary>Whether a fault of the server is to be logged with its stack; otherwise it is counted.</summary>
    /// <param name="place">
    /// The place of the fault, such as the hub method; never a text that clients can invent.
    /// </param>
    /// <param name="fault">What happened.</param>
    public bool Shows(string place, Exception fault)
    {
        lock (_gate)
        {
            if (_faults.Count < MostKinds && _faults.Add($"{place} {fault.GetType()}"))
                return true;
            _faultsHeldBack++;
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await loops.RunAsync("refused calls", SayAsync, stoppingToken);
        Say();
    }

    private async Task SayAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
            Say();
    }

    private void Say()
    {
        int total, faults, most = 0;
        string kinds, user = "";
        lock (_gate)
        {
            (total, faults) = (_total, _faultsHeldBack);
            (_total, _faultsHeldBack) = (0, 0);
            kinds = string.Join(", ", _refusals.OrderByDescending(r => r.Value).Select(r => $"{r.Key} {r.Value}"));
            if (_users.Count > 0)
                (user, most) = _users.MaxBy(u => u.Value);
            _refusals.Clear();
            _users.Clear();
            _faults.Clear();
        }
        if (total > 0)
            logger.CallsRefused(total, kinds, most, user);
        if (faults > 0)
            logger.FaultsHeldBack(faults);
    }

    private static void Add(Dictionary<string, int> counts, string key, int most)
    {
        if (counts.TryGetValue(key, out var count) || counts.Count < most)
            counts[key] = count + 1;
    }
}
