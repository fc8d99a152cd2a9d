namespace Chat.Server.Keys;

/// <summary>
/// A master key that is in use on this database, or was. The secret itself is not here: the row only tells every node
/// which key it must have, before anything is encrypted with it. If all rows are retired, the keys in the database
/// stay plain.
/// </summary>
public sealed class MasterKeyRow
{
    /// <summary>The number of the row, in the order of arrival. The greatest that is not retired encrypts.</summary>
    public int Number { get; init; }

    /// <summary>The key's id, as <c>Chat.Server keys list</c> shows it.</summary>
    public required string Id { get; init; }

    /// <summary>The time when the database got this row, UTC.</summary>
    public DateTime Made { get; init; }

    /// <summary>The time since which no key is encrypted with it, UTC; null while one may be.</summary>
    public DateTime? Retired { get; set; }
}
