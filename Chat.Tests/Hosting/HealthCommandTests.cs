using System.Diagnostics;
using Chat.Server.Hosting;
using Chat.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Chat.Tests.Hosting;

/// <summary><c>Chat.Server health</c>, as a container's health check runs it.</summary>
public sealed class HealthCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_by_its_exit_code_whether_the_server_is_ready()
    {
        await using var server = await ServerProcess.RunAsync(Ct);
        var address = server.Uri.ToString();

        Assert.Equal((0, true), await RunAsync([], ("ASPNETCORE_URLS", $"http://*:{server.Uri.Port}")));
        await server.KillAsync();
        Assert.Equal((1, false), await RunAsync([address]));
        Assert.Equal((64, false), await RunAsync(["nonsense"]));
    }

    [Theory]
    [InlineData("http_ports", "8080;8081", "http://localhost:8080/")]
    [InlineData("urls", "https://+:8443;http://0.0.0.0:80", "http://localhost/")]
    [InlineData("urls", "http://[::]:5001", "http://localhost:5001/")]
    [InlineData("urls", "http://10.0.0.7:5001", "http://10.0.0.7:5001/")]
    [InlineData("other", "", "http://localhost:5000/")]
    [InlineData("Chat:Tls:Enabled", "true", "https://localhost:5001/")]
    public void It_asks_where_the_server_listens(string key, string value, string expected) =>
        Assert.Equal(expected, HealthCommand.Own(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build()).ToString());

    private static async Task<(int Code, bool SaysHealthy)> RunAsync(string[] args, params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [ServerBinary.Path, HealthCommand.Name, .. args]) { RedirectStandardOutput = true };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, output.Contains("\"Healthy\"", StringComparison.Ordinal));
    }
}
