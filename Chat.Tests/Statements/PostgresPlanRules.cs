using System.Text.Json;

namespace Chat.Tests.Statements;

/// <summary>
/// Says what is wrong with a plan as PostgreSQL ran it (<c>auto_explain</c> with <c>log_analyze</c>): it counts the
/// rows that each step touched. The tables are so full that a step that grows with them exceeds the bounds.
/// </summary>
internal static class PostgresPlanRules
{
    /// <summary>The most rows that one step may touch: the number up to which unread messages are counted.</summary>
    public const int MostTouched = 12_000;

    /// <summary>The most rows that a step may read and discard.</summary>
    public const int MostThrownAway = 2_000;

    /// <summary>The most rows that a step may sort: a bounded number of candidates.</summary>
    public const int MostSorted = 2_000;

    /// <summary>The faults of a plan; empty if there are none.</summary>
    /// <param name="plan">A node of the plan, with those below it.</param>
    /// <param name="filled">Tables with many rows.</param>
    public static IEnumerable<string> Objections(JsonElement plan, IReadOnlySet<string> filled)
    {
        var kind = plan.GetProperty("Node Type").GetString()!;
        var table = plan.TryGetProperty("Relation Name", out var name) ? name.GetString()! : "";
        var loops = Number(plan, "Actual Loops");
        var rows = Number(plan, "Actual Rows") * loops;
        var thrownAway =
            (Number(plan, "Rows Removed by Filter") + Number(plan, "Rows Removed by Index Recheck")) * loops;
        if (kind == "Seq Scan" && filled.Contains(table) && loops > 0)
            yield return $"reads all of {table}";
        if (kind is not ("Nested Loop" or "Append" or "Result" or "ModifyTable" or "Function Scan")
            && rows + thrownAway > MostTouched)
            yield return $"{kind} {table} touches {rows + thrownAway} rows";
        // A LIMIT below bounds these rows; MostTouched holds for them above.
        if (thrownAway > MostThrownAway && !(kind == "Subquery Scan" && Below(plan).All(IsLimit)))
            yield return $"{kind} {table} throws {thrownAway} rows away";
        if (kind is "Sort" && rows > MostSorted)
            yield return $"sorts {rows} rows";
        foreach (var objection in Below(plan).SelectMany(p => Objections(p, filled)))
            yield return objection;
    }

    private static JsonElement.ArrayEnumerator Below(JsonElement plan) =>
        plan.TryGetProperty("Plans", out var below) ? below.EnumerateArray() : default;

    private static bool IsLimit(JsonElement plan) => plan.GetProperty("Node Type").GetString() == "Limit";

    private static double Number(JsonElement plan, string name) =>
        plan.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
