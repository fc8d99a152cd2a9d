using System.Diagnostics;
using HdrHistogram;

namespace Chat.Bench.Log;

/// <summary>Closed-loop senders: each sends, waits for its acknowledgement, and sends again.</summary>
internal static class Load
{
    /// <summary>A line of chat, as long as most are.</summary>
    public const string Body = "Meet me at the station at half past seven, I will bring the blue umbrella and the tickets.";

    /// <summary>A client id as the client library makes them: ascending with time.</summary>
    public static string NewClientId() => Guid.CreateVersion7().ToString("N");

    private const long HighestMicroseconds = 120_000_000;

    /// <summary>
    /// Runs all senders for a while. A call that began in that time is waited for, and counts with the time it took.
    /// </summary>
    public static async Task<Measurement> RunAsync(IWriter writer, int senders, int perCall, TimeSpan duration, CancellationToken cancellation)
    {
        var histograms = Enumerable.Range(0, senders).Select(_ => NewHistogram()).ToArray();
        var allocated = GC.GetTotalAllocatedBytes();
        var processor = writer.ProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(histograms.Select((latency, sender) => Task.Run(
            () => SendAsync(writer, sender, latency, start, duration, cancellation), cancellation)));
        var elapsed = Stopwatch.GetElapsedTime(start);
        processor = writer.ProcessorTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;

        var all = NewHistogram();
        foreach (var latency in histograms)
            all.Add(latency);
        return new Measurement(all.TotalCount, all.TotalCount * perCall, elapsed, all, processor, allocated);
    }

    public static LongHistogram NewHistogram() => new(HighestMicroseconds, 3);

    private static async Task SendAsync(
        IWriter writer, int sender, LongHistogram latency, long start, TimeSpan duration, CancellationToken cancellation)
    {
        for (var call = 0; Stopwatch.GetElapsedTime(start) < duration; call++)
        {
            cancellation.ThrowIfCancellationRequested();
            var sent = Stopwatch.GetTimestamp();
            await writer.SendAsync(sender, call, cancellation);
            latency.RecordValue(Math.Min(HighestMicroseconds, (long)Stopwatch.GetElapsedTime(sent).TotalMicroseconds));
        }
    }
}

/// <summary>What the senders of one round saw.</summary>
/// <param name="Calls">Calls answered.</param>
/// <param name="Messages">Messages acknowledged in them.</param>
/// <param name="Elapsed">From the first call to the last answer.</param>
/// <param name="Latency">From call to answer, in microseconds.</param>
/// <param name="Processor">Processor time that the writer's process used meanwhile.</param>
/// <param name="Allocated">Bytes that this process allocated meanwhile.</param>
internal sealed record Measurement(long Calls, long Messages, TimeSpan Elapsed, LongHistogram Latency, TimeSpan Processor, long Allocated)
{
    /// <summary>Acknowledged messages a second.</summary>
    public double Rate => Messages / Elapsed.TotalSeconds;

    /// <summary>Acknowledged messages a second of processor time.</summary>
    public double RateOfProcessor => Messages / Processor.TotalSeconds;
}
