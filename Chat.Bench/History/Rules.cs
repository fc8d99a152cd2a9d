namespace Chat.Bench.History;

/// <summary>The names of the promises that a history is checked against.</summary>
public static class Rules
{
    /// <summary>A room's numbers run 1, 2, 3 … without holes or repetitions.</summary>
    public const string Dense = "dense numbers";

    /// <summary>What the sender was told is sent stands in the log exactly once, under the number it was told.</summary>
    public const string Acked = "acknowledged exactly once";

    /// <summary>A message of unknown fate stands in the log at most once.</summary>
    public const string Unknown = "unknown at most once";

    /// <summary>What was refused is not in the log.</summary>
    public const string Refused = "refused never";

    /// <summary>Every message in the log was sent by somebody.</summary>
    public const string Phantom = "nothing from nowhere";

    /// <summary>Text is, byte for byte, what was sent.</summary>
    public const string Unaltered = "bodies unaltered";

    /// <summary>What was taken back is blank in the log, with its edits.</summary>
    public const string Deleted = "deleted bodies gone";

    /// <summary>Who came and went did so once for each call that says so.</summary>
    public const string Moves = "comings and goings once";

    /// <summary>A sender's messages to a room stand in the order it sent them.</summary>
    public const string SenderOrder = "sender's order";

    /// <summary>What was acknowledged before another was begun stands before it.</summary>
    public const string RealTime = "real-time order";

    /// <summary>Each observer sees a room's numbers one by one while it is in it, from where it began, without holes, repetitions or steps back.</summary>
    public const string Stream = "gap-free stream";

    /// <summary>Under one number, every observer sees the very event that the log has there.</summary>
    public const string OneOrder = "one order for all";

    /// <summary>Nobody sees what is not theirs to see, or writes where they are not.</summary>
    public const string Membership = "nothing outside membership";

    /// <summary>In the end every observer has seen all that it may.</summary>
    public const string Converged = "everybody converged";
}
