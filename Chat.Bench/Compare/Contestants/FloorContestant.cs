using System.Text;
using Chat.Client;

namespace Chat.Bench.Compare;

/// <summary>A program in C that puts each message on each socket with <c>send()</c> and does nothing else: what the system itself costs when nothing is written together.</summary>
internal sealed class FloorContestant : Contestant
{
    public override string Name => "send-loop";

    public override string Durability => "none";

    public override string? Missing() => CProgram.CanCompile ? null : "gcc";

    public override async Task StartAsync(int nodes, string folder, CancellationToken ct)
    {
        var program = await CProgram.CompileAsync("floor/floor.c", folder, [], ct);
        await StartAsync(Name, (port, _) => [program, $"{port}"], ct);
    }

    public override Task<Line> ReceiverAsync(int number, TransportKind transport, CancellationToken ct) => Task.FromResult<Line>(Connect(number, "/"));

    public override Task<WebSocketLine> SenderAsync(int number, CancellationToken ct) => Task.FromResult(Connect(number, "/pub"));

    public override byte[] Message(string body) => Frames.Text(Encoding.UTF8.GetBytes($$"""{"user":"J","message":"{{body}}"}"""));
}
