using System.Diagnostics;

namespace Chat.Tests.Support;

/// <summary>A port belongs to the process that asked for it, while its server is down as well.</summary>
public sealed class FreePortTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void No_port_is_handed_out_twice()
    {
        var ports = Enumerable.Range(0, 300).Select(_ => FreePort.Find()).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    [Fact]
    public async Task Another_process_sees_that_a_port_is_reserved_although_nobody_listens_there()
    {
        var port = FreePort.Find();
        var file = Path.Combine(Path.GetTempPath(), $"chat-ports-{Environment.UserName}", $"{port}");

        using var other = Process.Start(new ProcessStartInfo("flock", ["--nonblock", file, "true"]))!;
        await other.WaitForExitAsync(Ct);

        Assert.NotEqual(0, other.ExitCode);
    }
}
