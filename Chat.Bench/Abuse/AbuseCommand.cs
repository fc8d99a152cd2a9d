using System.CommandLine;

namespace Chat.Bench.Abuse;

/// <summary><c>abuse</c>: measures how much one abusive guest slows down a bystander.</summary>
internal static class AbuseCommand
{
    public static Command Create()
    {
        var members = new Option<int>("--members")
        {
            Description = "People in the guest's room", DefaultValueFactory = _ => 150,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Seconds of each turn, with and without the attack", DefaultValueFactory = _ => 4,
        };
        var rounds = new Option<int>("--rounds") { Description = "Turns of each attack", DefaultValueFactory = _ => 3 };
        var connections = new Option<int>("--connections")
        {
            Description = "Connections of the guest", DefaultValueFactory = _ => 4,
        };
        var only = new Option<string[]>("--only")
        {
            Description = $"These of {string.Join(", ", Attack.All.Select(a => a.Name))}",
            AllowMultipleArgumentsPerToken = true,
        };
        var settings = new Option<string[]>("--set")
        {
            Description = "More of the server's configuration, as Chat:Limits:SendRate=5",
            AllowMultipleArgumentsPerToken = true,
        };
        members.InRange(1, 2_000);
        seconds.InRange(0.2, 600);
        rounds.InRange(1, 100);
        connections.InRange(1, 1_000);

        var command = new Command("abuse", "What a bystander notices of one guest who does the worst of everything")
        {
            members, seconds, rounds, connections, only, settings,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(only) ?? [];
            await AbuseBench.RunAsync(new AbuseRun
            {
                Members = parsed.GetValue(members),
                Turn = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Rounds = parsed.GetValue(rounds),
                Connections = parsed.GetValue(connections),
                Attacks = chosen.Length == 0 ? Attack.All : [.. Attack.All.Where(a => chosen.Contains(a.Name))],
                Settings = (parsed.GetValue(settings) ?? []).Select(s => s.Split('=', 2)).Where(s => s.Length == 2)
                    .ToDictionary(s => s[0], s => s[1]),
            }, cancellation);
            return 0;
        });
        return command;
    }
}

/// <summary>The settings of one run of <c>abuse</c>.</summary>
public sealed record AbuseRun
{
    /// <summary>People in the guest's room, each connected.</summary>
    public int Members { get; init; } = 150;

    /// <summary>How long the bystander is timed with the attack, and again without it.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How often the turns with and without the attack are repeated.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Connections of the guest.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>The attacks that the guest makes.</summary>
    public IReadOnlyList<Attack> Attacks { get; init; } = Attack.All;

    /// <summary>Settings of the server besides the benchmark's own.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether server and load are kept on cores of their own.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>The writer that gets the table.</summary>
    public TextWriter Output { get; init; } = Console.Out;
}

/// <summary>How much one attack slowed the bystander down.</summary>
/// <param name="Name">The attack's name.</param>
/// <param name="Send">
/// The median time of the bystander's sends during the attack, divided by the median without it.
/// </param>
/// <param name="List">The same ratio for listing the bystander's rooms.</param>
/// <param name="CallsPerSecond">The guest's calls that the server answered or refused, a second.</param>
/// <param name="BytesPerSecond">Bytes that the server sent to the other members of the guest's room, a second.</param>
public sealed record Noticed(string Name, double Send, double List, double CallsPerSecond, double BytesPerSecond);
