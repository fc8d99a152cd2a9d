using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Chat.Bench.Load;
using Chat.Tests.Support;

namespace Chat.Tests.Load;

/// <summary><c>Chat.Bench load</c>, small: that people come, talk and are counted, and that a server at its limit is told from one that holds.</summary>
[Collection(BusyTests.Name)]
public sealed class LoadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_and_more_people_come_and_what_they_say_reaches_everybody_in_time()
    {
        await using var server = await ServerProcess.RunAsync(Ct);
        using var output = new StringWriter();
        using var folder = new TemporaryFolder();
        var picture = Path.Combine(folder.Path, "load.svg");

        var code = await LoadBench.RunAsync(Run(server, output) with { Svg = picture }, Ct);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("It held 24 people; more were not tried.", output.ToString(), StringComparison.Ordinal);
        var rows = output.ToString().Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(r => r is ["12" or "24", _, _, _, _, "0.00", "0.00", ..]).ToList();
        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.True(double.Parse(r[2], CultureInfo.InvariantCulture) > 10, output.ToString()));
        var svg = XDocument.Load(picture).Root!;
        Assert.Equal(2, svg.Elements().Count(e => e.Name.LocalName == "polyline"));
        Assert.Equal(4, svg.Elements().Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public async Task A_server_that_takes_fewer_messages_than_people_write_does_not_hold()
    {
        await using var server = await ServerProcess.RunAsync(Ct, new Dictionary<string, string> { ["Chat:Limits:SendRate"] = "1", ["Chat:Limits:SendBurst"] = "1" });
        using var output = new StringWriter();

        var code = await LoadBench.RunAsync(Run(server, output) with { Pause = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(1) }, Ct);

        Assert.True(code == 1, output.ToString());
        Assert.Contains("It did not hold the first step; with 12, messages failed.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_lets_nobody_in_is_told_from_one_that_does_not_hold()
    {
        await using var server = await ServerProcess.RunAsync(Ct, new Dictionary<string, string> { ["Chat:Accounts:Guests"] = "false" });
        using var output = new StringWriter();

        var code = await LoadBench.RunAsync(Run(server, output), Ct);

        Assert.True(code == 2, output.ToString());
        Assert.Contains("nobody else comes in: ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_said_at_once()
    {
        using var program = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Chat.Bench.dll"), "load", $"http://127.0.0.1:{FreePort.Find()}"])
        {
            RedirectStandardOutput = true,
        })!;

        var output = await program.StandardOutput.ReadToEndAsync(Ct);

        await program.WaitForExitAsync(Ct);
        Assert.Equal(2, program.ExitCode);
        Assert.Contains("cannot be loaded", output, StringComparison.Ordinal);
    }

    private static LoadRun Run(ServerProcess server, TextWriter output) => new()
    {
        Server = server.Uri,
        Start = 12,
        Growth = 2,
        Most = 24,
        Duration = TimeSpan.FromSeconds(3),
        Pause = TimeSpan.FromSeconds(1),
        Limit = TimeSpan.FromSeconds(30), // of speed nothing is said here
        Errors = 0,
        OwnShare = double.MaxValue, // other tests run in this program
        Output = output,
    };
}
