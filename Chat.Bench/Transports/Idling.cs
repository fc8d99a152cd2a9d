using System.Globalization;
using Chat.Bench.History;
using Chat.Bench.Processes;

namespace Chat.Bench.Transports;

/// <summary>Clients of one technique in a room in which nothing happens, on a server of their own.</summary>
internal static class Idling
{
    public static async Task<IdleFigures> RunAsync(Technique technique, TransportsRun run, string folder, CancellationToken ct)
    {
        // A collector that keeps no more than it must: what is left are the clients.
        var settings = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "400000", ["DOTNET_GCConserveMemory"] = "5", ["DOTNET_TieredPGO"] = "0" };
        await using var server = await NodeProcess.RunAloneAsync(folder, settings, Cores.ServerPrefix, ct);
        var person = await Person.SignUpAsync(server.Uri, ct);
        var room = (await person.CreateRoomAsync(ct)).Id;
        // The first clients are let go again: what is made once, for all, is there.
        await using (await Audience.GatherAsync(technique, server.Uri, person, room, after: 1, Math.Min(20, run.IdleClients), ct))
        {
        }
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        var empty = MemoryOf(server.Id);

        await using var audience = await Audience.GatherAsync(technique, server.Uri, person, room, after: 1, run.IdleClients, ct);
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        var (traffic, processor) = (audience.Traffic.Now, server.ProcessorTime);
        await Task.Delay(run.Duration, ct);
        audience.Check();
        var minutes = run.IdleClients * run.Duration.TotalMinutes;
        var since = audience.Traffic.Since(traffic);
        return new IdleFigures(
            since.Requests / minutes, since.Bytes / minutes, (server.ProcessorTime - processor).TotalMilliseconds / minutes,
            (double)(MemoryOf(server.Id) - empty) / run.IdleClients);
    }

    /// <summary>Bytes that a process has in memory and shares with nobody.</summary>
    private static long MemoryOf(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) * 1024;
}
