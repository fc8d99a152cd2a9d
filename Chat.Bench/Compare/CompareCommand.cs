using System.CommandLine;

namespace Chat.Bench.Compare;

/// <summary>
/// <c>compare</c>: this server and what people would use in its place, side by side in one run on one machine: what a delivery costs in processor time.
/// </summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var scenarios = new Option<string[]>("--scenarios")
        {
            Description = $"Scenarios whose names begin so; all by default: {string.Join(", ", Scenario.All.Select(s => s.Id))}",
            AllowMultipleArgumentsPerToken = true,
        };
        var only = new Option<string[]>("--only")
        {
            Description = $"Contestants; all by default: {string.Join(", ", CompareBench.Contestants.Select(make => make().Name))}",
            AllowMultipleArgumentsPerToken = true,
        };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; the contestants take turns", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds a contestant is measured in a round, where there is a rate", DefaultValueFactory = _ => 5 };
        var deliveries = new Option<int>("--deliveries") { Description = "Deliveries in a round, where there is none", DefaultValueFactory = _ => 1_000_000 };
        var receivers = new Option<int?>("--receivers") { Description = "Receivers, in the place of the scenarios' own number" };
        var warmUp = new Option<int>("--warm-up") { Description = "Seconds each works before it is measured, in each scenario", DefaultValueFactory = _ => 6 };
        var directory = new Option<string>("--directory")
        {
            Description = "Where the databases go, on a real disk; removed at the end",
            DefaultValueFactory = _ => Environment.CurrentDirectory,
        };
        scenarios.Validators.Add(Known(s => Scenario.All.Any(known => known.Id.StartsWith(s, StringComparison.Ordinal)), "scenario"));
        only.Validators.Add(Known(s => CompareBench.Contestants.Any(make => make().Name == s), "contestant"));
        rounds.InRange(1, 100);
        seconds.InRange(1, 600);
        deliveries.InRange(1, 100_000_000);
        warmUp.InRange(0, 600);

        var command = new Command("compare", "This server and what people would use in its place, side by side") { scenarios, only, rounds, seconds, deliveries, receivers, warmUp, directory };
        command.SetAction((parsed, cancellation) => CompareBench.RunAsync(new CompareRun
        {
            Scenarios = [.. Scenario.All
                .Where(s => parsed.GetValue(scenarios) is not { Length: > 0 } given || given.Any(g => s.Id.StartsWith(g, StringComparison.Ordinal)))
                .Select(s => s with { Receivers = parsed.GetValue(receivers) ?? s.Receivers })],
            Only = parsed.GetValue(only) ?? [],
            Rounds = parsed.GetValue(rounds),
            Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            Deliveries = parsed.GetValue(deliveries),
            WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
            Directory = parsed.GetValue(directory)!,
            Output = Console.Out,
        }, cancellation));
        return command;
    }

    private static Action<System.CommandLine.Parsing.OptionResult> Known(Func<string, bool> isKnown, string what) => result =>
    {
        foreach (var unknown in (result.GetValueOrDefault<string[]>() ?? []).Where(s => !isKnown(s)))
            result.AddError($"there is no {what} {unknown}");
    };
}
