namespace Chat.Bench.Log;

/// <summary>What <c>log</c> was asked to do.</summary>
internal sealed record LogRun
{
    /// <summary>Senders at the same time, each with one call under way.</summary>
    public required int Senders { get; init; }

    /// <summary>Messages in one call.</summary>
    public required int PerCall { get; init; }

    /// <summary>Rooms over which the senders are spread; more than there are senders are spread over them.</summary>
    public required int Rooms { get; init; }

    /// <summary>Whether each room is a direct conversation, between its sender and somebody who is away.</summary>
    public bool Direct { get; init; }

    /// <summary>How long each writer is measured in each round.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often each writer has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>Where the databases go; on a real disk.</summary>
    public required string Directory { get; init; }

    /// <summary>The room of a sender's call: where there are several, each has its turn.</summary>
    public int RoomOf(int sender, int call) => Rooms <= Senders ? sender % Rooms : sender + (Senders * (call % ((Rooms - sender + Senders - 1) / Senders)));
}
