using HdrHistogram;

namespace Chat.Bench.Compare;

/// <summary>What one turn of a contestant took.</summary>
internal sealed record Delivery
{
    /// <summary>Messages delivered, each receiver's counted.</summary>
    public required long Delivered { get; init; }

    /// <summary>How many should have been.</summary>
    public required long Due { get; init; }

    /// <summary>Receivers that did not get every message exactly once.</summary>
    public required int Wrong { get; init; }

    /// <summary>Processor time of all the contestant's processes.</summary>
    public required TimeSpan Processor { get; init; }

    /// <summary>From the first message sent to the last delivered.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Microseconds from when a message should have been sent to each delivery.</summary>
    public required LongHistogram Latency { get; init; }

    /// <summary>Microseconds from when a message should have been sent to when it was; of those with a rate.</summary>
    public required LongHistogram Lateness { get; init; }

    /// <summary>Which part of one core the load has used.</summary>
    public required double LoadShare { get; init; }

    /// <summary>Microseconds of the contestant's processor time for one message to one receiver.</summary>
    public double ProcessorMicroseconds => Processor.TotalMicroseconds / Math.Max(1, Delivered);

    /// <summary>Deliveries a second.</summary>
    public double Rate => Delivered / Elapsed.TotalSeconds;
}
