namespace Chat.Server.Keys;

/// <summary>
/// A master key that is in use on this database, or was. The secret itself is not here: the row only tells every node
/// which key it must have, before anything is encrypted with it. If all rows are retired, the keys in the database
/// stay plain.
/// </summary>
public sealed class MasterKeyRow
{
    /// <summary>In the order of their arrival; the greatest that is not retired encrypts.</summary>
    public int Number { get; init; }

    /// <summary>What <c>Chat.Server keys list</c> shows.</summary>
    public required string Id { get; init; }

    /// <summary>When it came, UTC.</summary>
    public DateTime Made { get; init; }

    /// <summary>Since when nothing is encrypted with it, UTC; null while something may be.</summary>
    public DateTime? Retired { get; set; }
}
