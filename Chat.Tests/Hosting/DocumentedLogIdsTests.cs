using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Chat.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Hosting;

/// <summary>Operators look for the numbers of log lines that docs/operating.md names.</summary>
public sealed partial class DocumentedLogIdsTests
{
    /// <summary>Of each number that the page names: words of the log line, and of the page beside the number.</summary>
    private static readonly Dictionary<int, (string Log, string Page)> s_meanings = new()
    {
        [102] = ("A write failed", "PostgreSQL is gone|SQLite file"),
        [103] = ("handler of committed events failed", "faults of the program"),
        [106] = ("tried again", "PostgreSQL is gone"),
        [108] = ("Writing works again", "PostgreSQL is gone"),
        [110] = ("refused for good", "cannot be stored"),
        [111] = ("held by somebody else", "holds a room's row"),
        [113] = ("pg_trgm", "pg_trgm"),
        [200] = ("taken nothing", "takes nothing"),
        [201] = ("pump", "faults of the program"),
        [203] = ("lost events of room", "names the room"),
        [220] = ("Redis is {What}", "Redis is gone"),
        [221] = ("Redis is back", "Redis is gone"),
        [223] = ("not heard", "not heard"),
        [227] = ("not believed", "does not believe"),
        [500] = ("This is node", "cut off"),
        [502] = ("is gone", "gone"),
        [503] = ("takes no part", "cut off"),
        [504] = ("list of nodes stays", "list of nodes stays"),
        [505] = ("up to date again", "when it is back"),
        [507] = ("clock", "clock"),
        [1002] = ("wrong passwords", "guesses passwords"),
        [1005] = ("names", "names"),
        [1100] = ("Encrypted", "EncryptAfter"),
        [1103] = ("older version is registered", "others says"),
        [1201] = ("filled in", "members each room has"),
        [1203] = ("older nodes did", "requests, invitations"),
        [9002] = ("failed in the database", "PostgreSQL is gone"),
        [9013] = ("background loop", "background loop"),
        [9014] = ("brought up to date", "migration"),
    };

    [Fact]
    public void Each_number_that_the_page_names_is_that_of_a_log_line_of_this_meaning()
    {
        var logged = typeof(BackgroundLoops).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()
            .ToLookup(m => m.EventId, m => m.Message);
        Assert.DoesNotContain(logged, l => l.Count() > 1);
        // A row of a table, or a paragraph.
        var parts = File.ReadAllText(Page()).Split("\n\n").SelectMany(p => p.StartsWith('|') ? p.Split('\n') : [p]);
        var named = (from part in parts from match in Number().Matches(part)
                     select (Id: int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), Part: part)).ToList();

        Assert.Equal(s_meanings.Keys.Order(), named.Select(n => n.Id).Distinct().Order());
        foreach (var (id, part) in named)
        {
            Assert.Contains(s_meanings[id].Log, Assert.Single(logged[id]), StringComparison.Ordinal);
            Assert.Matches(s_meanings[id].Page, part);
        }
    }

    [GeneratedRegex(@"\[(\d{3,4})\]")]
    private static partial Regex Number();

    private static string Page([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../docs/operating.md");
}
