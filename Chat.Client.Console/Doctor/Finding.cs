namespace Chat.Client.Console.Doctor;

/// <summary>How good or bad something is.</summary>
public enum Level
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Chat works with it, but worse than it could, or not everywhere.</summary>
    Warn,

    /// <summary>Does not work.</summary>
    Fail,

    /// <summary>Could not be looked at; <see cref="Finding.Seen"/> says why.</summary>
    Skipped,
}

/// <summary>What one look at the way to the server brought.</summary>
/// <param name="Check">What was looked at, in a word or two.</param>
/// <param name="Level">How it is.</param>
/// <param name="Seen">What was seen, in a sentence without a full stop.</param>
/// <param name="Fault">Which of <see cref="Faults"/> this is; null if it is none.</param>
public sealed record Finding(string Check, Level Level, string Seen, string? Fault = null);
