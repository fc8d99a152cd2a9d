using System.Globalization;
using System.Text;
using System.Text.Json;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>JSON for pipes that may end in a terminal: one line, readable in every script, no raw control or bidi characters.</summary>
public static class Json
{
    /// <summary>The value on one line.</summary>
    public static string Line<T>(T value)
    {
        var json = JsonSerializer.Serialize(value, ChatJson.Options);
        if (!json.EnumerateRunes().Any(TerminalText.MustShow))
            return json;
        // Such characters stand only inside of strings, so an escape means the same.
        var safe = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            var text = rune.ToString();
            if (TerminalText.MustShow(rune))
            {
                foreach (var unit in text)
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
            else
            {
                safe.Append(text);
            }
        }
        return safe.ToString();
    }
}
