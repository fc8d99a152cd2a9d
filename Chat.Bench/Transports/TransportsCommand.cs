using System.CommandLine;

namespace Chat.Bench.Transports;

/// <summary><c>transports</c>: what each way to the relay costs, side by side: delay, requests, bytes, and what an idle client costs the server.</summary>
internal static class TransportsCommand
{
    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "Seconds measured, once with messages and once idle", DefaultValueFactory = _ => 60 };
        var clients = new Option<int>("--clients") { Description = "Clients of each transport at each rate", DefaultValueFactory = _ => 5 };
        var idle = new Option<int>("--idle") { Description = "Idle clients of each transport", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = "JSON with all figures instead of a Markdown table" };
        seconds.InRange(5, 600);
        clients.InRange(1, 100);
        idle.InRange(1, 2_000);

        var command = new Command("transports", "Delay, requests, bytes and the server's cost of every transport, at 0.1, 1 and 10 messages a second") { seconds, clients, idle, json };
        command.SetAction((parsed, cancellation) => TransportsBench.RunAsync(new TransportsRun
        {
            Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            Clients = parsed.GetValue(clients),
            IdleClients = parsed.GetValue(idle),
            Json = parsed.GetValue(json),
        }, cancellation));
        return command;
    }
}

/// <summary>What to measure the transports with.</summary>
internal sealed record TransportsRun
{
    /// <summary>Messages a second of the rooms that are measured at the same time.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.1, 1, 10];

    /// <summary>How long messages are sent, and how long idle clients are watched.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Clients of each technique in each room.</summary>
    public required int Clients { get; init; }

    /// <summary>Idle clients of each technique, on a server of their own.</summary>
    public required int IdleClients { get; init; }

    /// <summary>Whether to print JSON.</summary>
    public required bool Json { get; init; }
}
