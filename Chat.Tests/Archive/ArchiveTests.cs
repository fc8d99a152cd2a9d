using Chat.Bench.Archive;
using Chat.Tests.Support;

namespace Chat.Tests.Archive;

/// <summary><c>Chat.Bench archive</c>, small: that what it measures is there. What it measures is of no interest here.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public async Task A_server_with_more_events_is_held_against_one_with_few_at_its_start_and_for_each_kind_of_page()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        var code = await ArchiveBench.RunAsync(
            new ArchiveRun { Events = 2_345, Rounds = 1, Pages = 3, Directory = folder.Path, Output = output }, TestContext.Current.CancellationToken);

        Assert.True(code == 0, output.ToString());
        var rows = output.ToString().Split('\n').Where(l => l.Contains('(', StringComparison.Ordinal) && !l.Contains("median", StringComparison.Ordinal)).ToList();
        Assert.Equal(7, rows.Count(r => r.Contains("| 2345 |", StringComparison.Ordinal)));
        Assert.Equal(7, rows.Count(r => r.Contains("| 1000 |", StringComparison.Ordinal)));
    }
}
