using System.Collections.Concurrent;
using System.Diagnostics;

namespace Chat.Bench.Torture;

/// <summary>
/// Does one mishap after the other, several at a time, as the seed has it: which, to whom, after what pause, for how long, and whether alone. What comes for a
/// target that is still suffering waits, so the order is the same in each run.
/// </summary>
internal sealed class Schedule(Lab lab, Crowd crowd, TortureRun run, Hits hits) : IDisposable
{
    private const int AtOnce = 3;
    private static readonly TimeSpan s_recently = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private readonly Random _random = new(run.Seed);
    private readonly SemaphoreSlim _room = new(AtOnce);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _targets = new();
    private readonly ConcurrentDictionary<Mishap, bool> _active = new();
    private readonly ConcurrentBag<string> _failures = [];
    private int _begun;

    /// <summary>What happens now.</summary>
    public IEnumerable<Mishap> Active => _active.Keys;

    /// <summary>Parts that could not be brought back.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Goes on until it is told to stop, and returns when everything works again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var kinds = Mishaps.Of(lab, run.Only);
        var running = new List<Task>();
        try
        {
            while (kinds.Count > 0)
            {
                var kind = kinds[_random.Next(kinds.Count)].ToList();
                var mishap = kind[_random.Next(kind.Count)];
                var pause = TimeSpan.FromSeconds(0.2 + (1.5 * _random.NextDouble()));
                var length = TimeSpan.FromSeconds(0.3 + (4 * Math.Pow(_random.NextDouble(), 2)));
                var alone = _random.Next(3) == 0;
                await Task.Delay(pause, stop);
                running.RemoveAll(t => t.IsCompleted);
                if (alone)
                    await Task.WhenAll(running).WaitAsync(stop);
                await _room.WaitAsync(stop);
                var target = _targets.GetOrAdd(mishap.Target, _ => new SemaphoreSlim(1));
                try
                {
                    await target.WaitAsync(stop);
                }
                catch
                {
                    _room.Release();
                    throw;
                }
                var one = OneAsync(mishap, length, target, stop);
                running.Add(one);
                if (alone)
                    await one;
            }
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    /// <summary>Not while it runs.</summary>
    public void Dispose()
    {
        _room.Dispose();
        foreach (var target in _targets.Values)
            target.Dispose();
    }

    private async Task OneAsync(Mishap mishap, TimeSpan length, SemaphoreSlim target, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref _begun);
        var alone = _active.IsEmpty;
        _active[mishap] = true;
        try
        {
            var traffic = crowd.Unanswered > 0 && IsBusy(mishap, s_recently);
            var sends = crowd.History.Sends.Count;
            var began = Stopwatch.GetTimestamp();
            await AttemptAsync(mishap, mishap.Begin);
            await Actor.UntilAsync(Task.Delay(length, stop));
            traffic |= crowd.History.Sends.Count > sends && IsBusy(mishap, Stopwatch.GetElapsedTime(began));
            await AttemptAsync(mishap, mishap.End);
            _active.TryRemove(mishap, out _);
            // Where others are in the way there is nothing to measure, and nothing to wait for.
            var recovery = alone && Volatile.Read(ref _begun) == number ? await RecoveredAsync(stop) : null;
            hits.Add(new Hit(mishap.Kind, traffic, Volatile.Read(ref _begun) == number ? recovery : null));
        }
        finally
        {
            _active.TryRemove(mishap, out _);
            target.Release();
            _room.Release();
        }
    }

    private async Task AttemptAsync(Mishap mishap, Func<CancellationToken, Task> what)
    {
        try
        {
            // What is broken is mended even if everything shall stop.
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            await what(late.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _failures.Add($"{mishap}: {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task<TimeSpan?> RecoveredAsync(CancellationToken stop)
    {
        var heads = crowd.AckedHeads;
        var since = Stopwatch.GetTimestamp();
        while (!crowd.HaveSeen(heads))
        {
            if (stop.IsCancellationRequested || Stopwatch.GetElapsedTime(since) > s_patience)
                return null;
            await Task.Delay(s_look, CancellationToken.None);
        }
        return Stopwatch.GetElapsedTime(since);
    }

    private static bool IsBusy(Mishap mishap, TimeSpan within) => mishap.Ways.Any(w => w.Link.Silence < within);
}
