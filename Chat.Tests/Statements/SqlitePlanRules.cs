using System.Text.RegularExpressions;

namespace Chat.Tests.Statements;

/// <summary>
/// Finds the faults in SQLite's plan of a statement. The rules allow looks into unique indexes, and ranges of an index
/// in a statement that has a limit.
/// </summary>
internal sealed partial class SqlitePlanRules
{
    /// <summary>
    /// Ranges without a limit, of any statement or one, each with the reason why it is as long as the answer, or short.
    /// </summary>
    private static readonly IReadOnlyList<(string Step, string Statement, string Reason)> s_allowed =
    [
        ("PRIMARY KEY (RoomId=? AND Seq>? AND Seq<?)", "WHEN 'leave' THEN -1",
            "only what nodes of an earlier version have written, once"),
        ("INDEX IX_Members_Present (UserId=?)", "", "each row is a room of the person who asks"),
        ("INDEX IX_Members_UserId_RoomId (UserId=? AND RoomId=?)", "", "one room of one person"),
        ("INDEX IX_Members_Present (UserId=? AND RoomId=?)", "", "one room of one person"),
        ("INDEX IX_Members_RoomId_Owner_JoinSeq (RoomId=? AND Owner=?)", "", "the owner is one"),
        ("INDEX IX_Events_RoomId_Target (RoomId=? AND Target=?)", "", "what was said about one message goes with it"),
        ("INDEX IX_Requests_ById_At (ById=?)", "", "each row is a request of the person who asks"),
        ("INDEX IX_Requests_ToId_Declined (ToId=?)", "", "each row is a request to the person who asks"),
        ("INDEX IX_RoomInvitations_ById_At (ById=?)", "",
            "the open invitations of one person, whose number has a bound"),
        ("INDEX IX_RoomInvitations_UserId_At (UserId=?)", "UPDATE",
            "the invitations that wait for one person, whose number has a bound"),
        ("INDEX sqlite_autoindex_Members_1 (RoomId=?)", "DELETE FROM \"HiddenRooms\"",
            "a room that can be hidden is direct: two members"),
        ("((RoomId,UserId)>(?,?) AND (RoomId,UserId)<(?,?))", "SET \"UserKind\"", "between two keys of one batch"),
        ("INDEX sqlite_autoindex_Blocks_1 (UserId=?)", "",
            "the people whom one person blocks, whose number has a bound"),
        ("INDEX IX_SignIns_AccountId (AccountId=?)", "", "the sign-ins of one person"),
        ("INDEX IX_Accounts_NameLook (NameLook=?)", "",
            "a name rests before it is free again: few accounts ever looked alike"),
        ("INDEX IX_SignIns_Expires (Expires<?)", "", "each row has expired and is ended"),
    ];

    /// <summary>Statements that sort, by a part of their text, each with the reason why it is little.</summary>
    private static readonly IReadOnlyList<(string Statement, string Reason)> s_sorting =
    [
        ("FROM \"Blocks\"", "the people whom one person has blocked"),
        ("FROM \"RoomInvitations\"", "the open invitations of one person, whose number has a bound"),
    ];

    /// <summary>Tables of a few rows, whatever the server holds.</summary>
    private static readonly HashSet<string> s_small = ["Probe", "DataProtectionKeys", "MasterKeys", "Nodes", "Roles",
        "RoomSettings", "sqlite_master"];

    private readonly HashSet<string> _tables;
    private readonly HashSet<string> _uniqueSteps;

    /// <param name="tables">The names of all tables.</param>
    /// <param name="uniqueKeys">For each unique index its name (or <see cref="PrimaryKeyOf"/> a table without rowid),
    /// and its columns.</param>
    public SqlitePlanRules(IEnumerable<string> tables,
        IEnumerable<(string Index, IReadOnlyList<string> Columns)> uniqueKeys)
    {
        _tables = [.. tables];
        _uniqueSteps = [.. uniqueKeys.Select(k =>
            $"{k.Index} ({string.Join(" AND ", k.Columns.Select(c => $"{c}=?"))})")];
    }

    /// <summary>
    /// The name for the key of a table without rowid, because SQLite calls all of them <c>PRIMARY KEY</c>.
    /// </summary>
    public static string PrimaryKeyOf(string table) => $"PRIMARY KEY of {table}";

    /// <summary>The faults of a plan; empty if there are none.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="plan">The steps of <c>EXPLAIN QUERY PLAN</c>.</param>
    public IEnumerable<string> Objections(string sql, IReadOnlyList<string> plan)
    {
        foreach (var step in plan)
        {
            if (step.Contains("AUTOMATIC", StringComparison.Ordinal))
                yield return $"an index is missing: {step}";
            else if (step.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal)
                && !s_sorting.Any(s => sql.Contains(s.Statement, StringComparison.Ordinal)))
                yield return $"sorts: {step}";
            else if (Scan().Match(step) is { Success: true } scan
                && !step.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
                && TableOf(sql, scan.Groups[1].Value) is { } table && !s_small.Contains(table))
                yield return $"reads all of {table}: {step}";
            else if (Search().Match(step) is { Success: true } search
                && !StatementLimits.IsLimited(sql, search.Groups[1].Value)
                && !(TableOf(sql, search.Groups[1].Value) is { } small && s_small.Contains(small))
                && !IsUnique(sql, search.Groups[1].Value, search.Groups[2].Value)
                && !IsAllowed(sql, search.Groups[2].Value))
                yield return $"reads a range without a limit: {step}";
        }
    }

    private static bool IsAllowed(string sql, string step) => s_allowed.Any(
        a => step.EndsWith(a.Step, StringComparison.Ordinal) && sql.Contains(a.Statement, StringComparison.Ordinal));

    private bool IsUnique(string sql, string name, string step) => step.Contains("(rowid=?)", StringComparison.Ordinal)
        || _uniqueSteps.Contains(step.Replace("COVERING ", "", StringComparison.Ordinal)
            .Replace("INDEX ", "", StringComparison.Ordinal)
            .Replace("PRIMARY KEY", PrimaryKeyOf(TableOf(sql, name) ?? name), StringComparison.Ordinal));

    /// <summary>A table by its name or alias; null if it is a subquery, whose own steps are judged.</summary>
    private string? TableOf(string sql, string name)
    {
        if (_tables.Contains(name))
            return name;
        var alias = Regex.Match(sql, $@"""(\w+)""\s+(?:AS\s+)?""?{Regex.Escape(name)}""?(?![\w.])");
        return alias.Success && _tables.Contains(alias.Groups[1].Value) ? alias.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^SCAN (\w+)")]
    private static partial Regex Scan();

    [GeneratedRegex(@"^SEARCH (\w+) USING (.*)$")]
    private static partial Regex Search();
}
