using System.Collections.Concurrent;
using Chat.Bench.History;
using Chat.Bench.Processes;
using Chat.Bench.Proxy;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Torture;

/// <summary>Everybody who takes part, where they are, and what they do until they are told to stop.</summary>
internal sealed partial class Crowd(TortureRun run, Uri front) : IAsyncDisposable
{
    private const int Places = 8;
    private const int SlowBytes = 20_000;

    private readonly List<Actor> _actors = [];
    private readonly List<Account> _accounts = [];
    private readonly List<Func<CancellationToken, Task>> _behaviours = [];
    private readonly List<FaultProxy> _slowLines = [];
    private readonly ConcurrentDictionary<string, long> _acked = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, Account> _readers = [];
    private int _unanswered;

    /// <summary>What happened.</summary>
    public ChatHistory History { get; } = new();

    /// <summary>When they write.</summary>
    public Pace Pace { get; } = new(run.Seed, run.Rate);

    /// <summary>Everybody.</summary>
    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>How many of them write.</summary>
    public int Writers => _actors.Count - (run.Crowd * run.Listeners);

    /// <summary>Fires when nobody waits for an answer any more.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Sent and not answered.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>The highest number acknowledged in each room; a snapshot.</summary>
    public IReadOnlyDictionary<string, long> AckedHeads => new Dictionary<string, long>(_acked);

    /// <summary>The rooms, each with somebody who may read all of it in the end.</summary>
    public IReadOnlyDictionary<string, Account> Readers => _readers;

    /// <summary>Everybody does what they do, until told to stop; then what was sent may still be answered.</summary>
    public async Task RunAsync(CancellationToken stop) =>
        await Task.WhenAll(_behaviours.Select(b => Actor.UntilAsync(b(stop))).Append(Pace.RunAsync(stop)));

    /// <summary>Nobody is slow any more: who is behind can come up.</summary>
    public void HurryUp()
    {
        foreach (var actor in _actors)
            actor.Client.Pause = TimeSpan.Zero;
        foreach (var line in _slowLines)
        {
            line.Pass();
            line.CutAll();
        }
    }

    /// <summary>Asks for somebody to come or go until it is done. False if it was asked for more than once.</summary>
    public async Task<bool> MoveAsync(string userId, string room, bool comes, RecordedClient by, Func<Task> call, CancellationToken stop)
    {
        var move = History.Moving(userId, room, comes);
        var losses = by.Losses;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await call();
                History.Moved(move, sure: tries == 1 && by.Losses == losses && by.Connection.Status.State == ConnectionState.Connected);
                return move.Sure;
            }
            catch (ChatException e) when (e.MayRetry)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), stop);
            }
            catch (ChatException e) when (!comes && e.Code is ErrorCodes.NotFound or ErrorCodes.Forbidden)
            {
                // An earlier try, whose answer was lost, has done it.
                History.Moved(move, sure: false);
                return false;
            }
        }
    }

    /// <summary>Somebody begins to send.</summary>
    public void Begun() => Interlocked.Increment(ref _unanswered);

    /// <summary>And has an answer, or will have none.</summary>
    public void Ended() => Interlocked.Decrement(ref _unanswered);

    /// <summary>It is durable.</summary>
    public void Acked(string room, long seq) => _acked.AddOrUpdate(room, seq, (_, old) => Math.Max(old, seq));

    /// <summary>Whether all who make no trouble are connected and have seen all this, where they are.</summary>
    public bool HaveSeen(IReadOnlyDictionary<string, long> heads) => _actors.Where(a => a.Steady).All(a =>
        a.Client.Connection.Status.State == ConnectionState.Connected && heads.All(h => !a.Client.Connection.Rooms.ContainsKey(h.Key) || a.Client.Seen(h.Key) >= h.Value));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_actors.Select(a => a.Client.DisposeAsync().AsTask()));
        foreach (var line in _slowLines)
            await line.DisposeAsync();
        await Eventually.TrueAsync(() => Unanswered == 0, TimeSpan.FromSeconds(10), CancellationToken.None);
        _actors.ForEach(a => a.Dispose());
        _accounts.ForEach(a => a.Dispose());
        _end.Dispose();
    }
}
