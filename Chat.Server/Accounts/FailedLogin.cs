namespace Chat.Server.Accounts;

/// <summary>
/// Counts wrong passwords for one name from one place, whether or not the name exists. A lock that only real names have
/// would tell which names are real. Identity's own lockout columns are part of the account and cannot do that.
/// </summary>
public sealed class FailedLogin
{
    /// <summary>
    /// The normalized name and the place (see <see cref="LoginLockout"/>); the name alone where an older node counted.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Wrong passwords in a row; 0 where the row is a place in the line of slowed tries.</summary>
    public required int Count { get; set; }

    /// <summary>When the last of them came; of a place in the line, from when it counts. UTC.</summary>
    public required DateTime Last { get; set; }
}
