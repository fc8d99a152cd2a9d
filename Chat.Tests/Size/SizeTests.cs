using Chat.Bench.Size;
using Chat.Tests.Support;

namespace Chat.Tests.Size;

/// <summary>
/// Runs a small <c>Chat.Bench size</c> and checks that the table is complete. Its numbers do not matter here.
/// </summary>
[Collection(BusyTests.Name)]
public sealed class SizeTests
{
    [Fact, TimeLimit(180)]
    public async Task Each_call_is_held_against_the_same_where_there_is_little_on_both_databases()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        var run = new SizeRun
        {
            Messages = [60, 120], Members = [3, 60], Rooms = [2, 4], Rounds = 1, Calls = 2, Directory = folder.Path,
            Output = output,
        };

        var code = await SizeBench.RunAsync(run, TestContext.Current.CancellationToken);

        Assert.True(code == 0, output.ToString());
        var rows = output.ToString().Split('\n');
        foreach (var database in (string[])["SQLite", "PostgreSQL"])
        {
            Assert.Equal(8, rows.Count(r => r.StartsWith($"| {database} |", StringComparison.Ordinal)
                && r.Contains("| 120: ", StringComparison.Ordinal)));
            Assert.Equal(8, rows.Count(r => r.StartsWith($"| {database} |", StringComparison.Ordinal)
                && r.Contains("| 60: ", StringComparison.Ordinal)));
            Assert.Equal(8, rows.Count(r => r.StartsWith($"| {database} |", StringComparison.Ordinal)
                && r.Contains("| 4: ", StringComparison.Ordinal)));
        }
    }
}
