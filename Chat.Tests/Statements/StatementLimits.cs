using System.Text.RegularExpressions;

namespace Chat.Tests.Statements;

/// <summary>
/// Whether a LIMIT ends the reading of one table in a statement. A plan does not say so: the text does.
/// </summary>
internal static partial class StatementLimits
{
    /// <summary>
    /// True if the SELECT that reads the table, or one around it to which it hands its rows one by one, has a LIMIT. A
    /// SELECT that counts, groups or makes rows distinct reads all of its rows first: no LIMIT of its own or around it
    /// helps.
    /// </summary>
    /// <param name="sql">The statement.</param>
    /// <param name="name">
    /// The table or its alias, as the plan calls it. Every place where it stands must be limited.
    /// </param>
    public static bool IsLimited(string sql, string name)
    {
        var text = Strings().Replace(sql, s => new string('_', s.Length)); // no parenthesis or word in a literal counts
        var places = Regex.Matches(sql,
            $@"(?:FROM|JOIN|UPDATE|INTO)\s+(?:""?\w+""?\s+(?:AS\s+)?)?""?{Regex.Escape(name)}""?(?!\w|\.)").ToList();
        return places.Count > 0 && places.TrueForAll(p => IsLimitedAt(text, p.Index));
    }

    private static bool IsLimitedAt(string text, int place)
    {
        for (int? at = place; at is { } inside;)
        {
            var (start, end) = Around(text, inside);
            var own = WithoutInner(text[start..end]);
            if (Gathers().IsMatch(own))
                return false;
            if (Limit().IsMatch(own))
                return true;
            at = start > 0 ? start - 1 : null;
        }
        return false;
    }

    /// <summary>The text between the parentheses around a place.</summary>
    private static (int Start, int End) Around(string text, int place)
    {
        var (start, end) = (place, place);
        for (var depth = 0; start > 0; start--)
        {
            depth += text[start - 1] switch { ')' => 1, '(' => -1, _ => 0 };
            if (depth < 0)
                break;
        }
        for (var depth = 0; end < text.Length; end++)
        {
            depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0)
                break;
        }
        return (start, end);
    }

    private static string WithoutInner(string text)
    {
        var own = new System.Text.StringBuilder();
        var depth = 0;
        foreach (var c in text)
        {
            if (c == ')')
                depth--;
            if (depth == 0)
                own.Append(c);
            if (c == '(')
                depth++;
        }
        return own.ToString();
    }

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\bLIMIT\b", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex(
        @"\b(?:count|sum|total|avg|min|max|group_concat|json_group_array)\s*\(|\bGROUP\s+BY\b|\bDISTINCT\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Gathers();
}
