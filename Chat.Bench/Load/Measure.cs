using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace Chat.Bench.Load;

/// <summary>What becomes of the messages of one step. Thread-safe.</summary>
internal sealed class Measure
{
    private const long Longest = 600_000_000;

    private readonly ConcurrentDictionary<string, long> _said = [];
    private readonly LongConcurrentHistogram _latency = new(1, Longest, 3);
    private readonly LongConcurrentHistogram _lateness = new(1, Longest, 3);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _processor = ProcessorNow;
    private long _due;
    private long _delivered;
    private long _failed;
    private long _answered;
    private TimeSpan _elapsed;
    private double _load;
    private volatile bool _ended;

    private static TimeSpan ProcessorNow
    {
        get
        {
            using var me = Process.GetCurrentProcess();
            return me.TotalProcessorTime;
        }
    }

    /// <summary>Whether everything that is due has come.</summary>
    public bool IsComplete => Volatile.Read(ref _answered) + Volatile.Read(ref _failed) >= _said.Count && Volatile.Read(ref _delivered) >= Volatile.Read(ref _due);

    /// <summary>
    /// A message goes out now that should have gone out at <paramref name="intended"/>, a timestamp: from then on its delivery takes time. False after the
    /// end: it is not counted.
    /// </summary>
    public bool Says(string clientId, long intended)
    {
        if (_ended)
            return false;
        _said[clientId] = intended;
        _lateness.RecordValue(Since(intended));
        return true;
    }

    /// <summary>It was acknowledged; so many others have to see it.</summary>
    public void Answered(int others)
    {
        Interlocked.Add(ref _due, others);
        Interlocked.Increment(ref _answered);
    }

    /// <summary>It was refused, or given up.</summary>
    public void Failed() => Interlocked.Increment(ref _failed);

    /// <summary>One of the others sees a message, of whichever step.</summary>
    public void Sees(string clientId)
    {
        if (!_said.TryGetValue(clientId, out var intended))
            return;
        _latency.RecordValue(Since(intended));
        Interlocked.Increment(ref _delivered);
    }

    /// <summary>No more messages of this step are said from now on.</summary>
    public void End()
    {
        _ended = true;
        _elapsed = Stopwatch.GetElapsedTime(_began);
        _load = (ProcessorNow - _processor) / _elapsed / Environment.ProcessorCount;
    }

    /// <summary>What came of it; to be asked when it is complete, or patience is at an end.</summary>
    public Step Result(int people)
    {
        var (said, answered, due, delivered) = (_said.Count, Volatile.Read(ref _answered), Volatile.Read(ref _due), Volatile.Read(ref _delivered));
        return new Step
        {
            People = people,
            Messages = said / _elapsed.TotalSeconds,
            Deliveries = delivered / _elapsed.TotalSeconds,
            Median = Percentile(_latency, 50),
            P99 = Percentile(_latency, 99),
            Failed = said == 0 ? 0 : (said - answered) / (double)said,
            Missing = due == 0 ? 0 : Math.Max(0, due - delivered) / (double)due,
            Lateness = Percentile(_lateness, 99),
            LoadShare = _load,
        };
    }

    private static long Since(long timestamp) => Math.Clamp((long)Stopwatch.GetElapsedTime(timestamp).TotalMicroseconds, 0, Longest);

    private static TimeSpan Percentile(HistogramBase histogram, double percentile) =>
        histogram.TotalCount == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(histogram.GetValueAtPercentile(percentile));
}

/// <summary>What one step has shown.</summary>
internal sealed record Step
{
    /// <summary>How many people there were.</summary>
    public required int People { get; init; }

    /// <summary>Messages a second.</summary>
    public required double Messages { get; init; }

    /// <summary>Deliveries a second, each receiver's counted.</summary>
    public required double Deliveries { get; init; }

    /// <summary>From when a message should have gone out to a delivery, half of them.</summary>
    public required TimeSpan Median { get; init; }

    /// <summary>The same, 99 of 100.</summary>
    public required TimeSpan P99 { get; init; }

    /// <summary>Which part of the messages was refused or not acknowledged in time.</summary>
    public required double Failed { get; init; }

    /// <summary>Which part of the deliveries of acknowledged messages did not come in time.</summary>
    public required double Missing { get; init; }

    /// <summary>By how much this program itself was late in saying a message, 99 of 100.</summary>
    public required TimeSpan Lateness { get; init; }

    /// <summary>Which part of this machine's cores this program has used.</summary>
    public required double LoadShare { get; init; }

    /// <summary>Why it was too much for the server; null if it was not.</summary>
    public string? Broken(LoadRun run) =>
        Failed > run.Errors ? "messages failed"
        : Missing > run.Errors ? "deliveries did not come"
        : P99 > run.Limit ? "99 of 100 deliveries took longer than the limit"
        : null;

    /// <summary>Whether this program, or the machine that it runs on, had no more to give: then it says nothing about the server.</summary>
    public bool IsOurs(LoadRun run) => LoadShare > run.OwnShare || Lateness > run.Limit / 4;
}
