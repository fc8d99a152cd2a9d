using System.Text.Json;
using Chat.Tests.Support;
using Chat.Tests.Terminal;

namespace Chat.Tests.Doctor;

/// <summary><c>chat doctor</c> as a person or a script runs it.</summary>
[TimeLimit(90)]
public sealed class DoctorCommandTests(SharedServer server) : IClassFixture<SharedServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nothing_is_wrong_every_transport_works_and_it_is_0()
    {
        using var program = new ChatProgram(server.Uri);
        var ran = await program.RunAsync(_ct, "doctor", $"{server.Uri}", "--idle", "1", "--messages", "30");
        Output.Write(ran.Output);

        Assert.Equal(0, ran.ExitCode);
        Assert.Equal("Chat works here over WebSocket, SSE and long polling; nothing is in the way.", ran.Lines[^1]);
        string[] transports = ["hub, WebSocket", "hub, SSE", "hub, long polling", "short polling", "long polling", "SSE", "iframe stream", "WebSocket"];
        Assert.All(transports, name => Assert.Contains(ran.Lines, l => l.StartsWith($"✓ {name}  ", StringComparison.Ordinal)));
        Assert.All(ran.Lines, line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain('\u001b', ran.Output);
    }

    [Fact]
    public async Task In_json_it_has_what_was_seen_and_what_mends_it_and_never_a_token()
    {
        await using var way = await BadProxies.StartAsync("upgrades are stripped", server.Uri, _ct);
        var person = await Person.SignUpAsync(server.Uri, _ct);
        using var program = new ChatProgram(way.Uri);
        var ran = await program.RunAsync(null, ["doctor", "--json", "--idle", "0", "--messages", "30"], _ct,
            ("CHAT_TOKEN", person.Token));

        Assert.Equal((1, ""), (ran.ExitCode, ran.Errors));
        var report = JsonDocument.Parse(Assert.Single(ran.Lines)).RootElement;
        Assert.Equal("faulty", report.GetProperty("health").GetString());
        Assert.Equal("chat works here over SSE and long polling; WebSocket upgrades do not come through.", report.GetProperty("verdict").GetString());
        Assert.Contains(report.GetProperty("onTheWay").EnumerateArray(), who => who.GetString()!.StartsWith("nginx", StringComparison.Ordinal));
        var socket = report.GetProperty("transports").EnumerateArray().First();
        Assert.Equal(("hub_websocket", "fail", false), (socket.GetProperty("transport").GetString(), socket.GetProperty("level").GetString(), socket.GetProperty("works").GetBoolean()));
        var remedy = Assert.Single(report.GetProperty("remedies").EnumerateArray());
        Assert.Contains("proxy_set_header Upgrade $http_upgrade;", remedy.GetProperty("lines").GetProperty("nginx").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(person.Token, ran.Output, StringComparison.Ordinal);
        Assert.Contains(person.User.Name, ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_so_when_nobody_answers_and_when_there_are_no_guests()
    {
        using var program = new ChatProgram(server.Uri);
        var nowhere = await program.RunAsync(_ct, "doctor", $"http://127.0.0.1:{FreePort.Find()}");
        Assert.Equal(6, nowhere.ExitCode);
        Assert.Contains(nowhere.Lines, l => l == "Chat does not work here: an address of the server does not answer.");

        await using var closed = new ChatServer(new Dictionary<string, string> { ["Chat:Accounts:Guests"] = "false" });
        var refused = await program.RunAsync(_ct, "doctor", $"{closed.Uri}");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(refused.Lines, l => l.StartsWith("✗ account     guests are switched off on this server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ctrl_C_ends_it_in_the_middle_of_the_idle_minute()
    {
        using var program = new ChatProgram(server.Uri);
        using var process = program.Start(["doctor", "--messages", "30"]);
        while (await process.StandardError.ReadLineAsync(_ct) is { } line && !line.Contains("idle", StringComparison.Ordinal))
        {
        }
        Signal.Interrupt(process.Id);
        await process.WaitForExitAsync(_ct).WaitAsync(TimeSpan.FromSeconds(20), _ct);
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(_ct));
    }
}
