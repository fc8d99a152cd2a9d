using System.Globalization;
using System.Text;
using Terminal.Gui.Text;

namespace Chat.Client.Console.Screen;

/// <summary>Text measured in columns of a terminal, cut only between what a person sees as characters.</summary>
public static class Columns
{
    /// <summary>How many columns a text of one line takes.</summary>
    public static int Width(string text) => text.GetColumns();

    /// <summary>The text in exactly so many columns: cut with … or filled with blanks.</summary>
    public static string Fit(string text, int columns)
    {
        if (columns <= 0)
            return "";
        var width = Width(text);
        if (width > columns)
        {
            text = $"{Cut(text, columns - 1)}…";
            width = Width(text);
        }
        return text + new string(' ', Math.Max(0, columns - width));
    }

    /// <summary>The beginning of a text, as much as fits.</summary>
    public static string Cut(string text, int columns)
    {
        var end = 0;
        foreach (var cluster in Clusters(text))
        {
            columns -= Width(cluster);
            if (columns < 0)
                break;
            end += cluster.Length;
        }
        return text[..end];
    }

    /// <summary>
    /// The text in rows of at most so many columns: broken at line ends, else at blanks, else between characters. At least one row.
    /// </summary>
    /// <param name="text">The text; lines end with <c>\n</c>.</param>
    /// <param name="columns">Columns of a row; less than 2 counts as 2, the width of the widest character.</param>
    /// <param name="firstUsed">Columns of the first row that are taken already.</param>
    public static IReadOnlyList<string> Wrap(string text, int columns, int firstUsed = 0)
    {
        columns = Math.Max(2, columns);
        var rows = new List<string>();
        var row = new StringBuilder();
        var used = Math.Min(firstUsed, columns);
        foreach (var line in text.Split('\n'))
        {
            foreach (var word in Words(line))
            {
                var width = Width(word);
                if (used + width > columns && used > 0 && width <= columns)
                {
                    NextRow();
                    if (string.IsNullOrWhiteSpace(word))
                        continue;
                }
                foreach (var cluster in Clusters(word))
                {
                    var wide = Width(cluster);
                    if (used + wide > columns)
                        NextRow();
                    row.Append(cluster);
                    used += wide;
                }
            }
            NextRow();
        }
        return rows;

        void NextRow()
        {
            rows.Add(row.ToString());
            row.Clear();
            used = 0;
        }
    }

    /// <summary>What a person sees as characters.</summary>
    public static IEnumerable<string> Clusters(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    // Each word, and each run of blanks between words.
    private static IEnumerable<string> Words(string line)
    {
        for (var at = 0; at < line.Length;)
        {
            var end = at + 1;
            while (end < line.Length && (line[end] == ' ') == (line[at] == ' '))
                end++;
            yield return line[at..end];
            at = end;
        }
    }
}
