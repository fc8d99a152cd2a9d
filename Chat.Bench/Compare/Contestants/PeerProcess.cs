using System.Diagnostics;
using Chat.Bench.Processes;

namespace Chat.Bench.Compare;

/// <summary>A contestant's program, which listens on a port.</summary>
internal sealed class PeerProcess(string name, TemporaryFolder folder, int port, IReadOnlyList<string> command)
    : ChildProcess(new ProcessLog(folder.File($"{name}.log")))
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Processes => [.. Children, Id];

    /// <summary>Starts it and returns when it listens.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await BeginAsync(new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = folder.Path });
        await Eventually.TrueAsync(() =>
        {
            ThrowIfEnded();
            return FreePort.IsTakenAsync(port);
        }, StartLimit, ct, $"{name} listens");
    }
}
