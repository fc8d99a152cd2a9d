using System.CommandLine;

namespace Chat.Bench.Torture;

/// <summary>
/// <c>torture</c>: starts a cluster, lets people talk on it, breaks its parts and the ways between them, and then checks from what everybody did and saw
/// that nothing was lost, repeated, reordered, altered or shown to whom it was not for.
/// </summary>
internal static class TortureCommand
{
    public static Command Create()
    {
        var nodes = new Option<int>("--nodes") { Description = "Nodes: 1 on SQLite, more on PostgreSQL and Redis", DefaultValueFactory = _ => 3 };
        var against = new Option<Uri?>("--against") { Description = "A cluster that runs already, by its address; only the way to it is harmed", CustomParser = Addresses.Parse };
        var seed = new Option<int?>("--seed") { Description = "Replays the schedule of an earlier run" };
        var minutes = new Option<double>("--minutes") { Description = "At least so long (1 if no other goal is given)" };
        var deliveries = new Option<long>("--deliveries") { Description = "At least so many events shown to clients" };
        var faults = new Option<int>("--faults") { Description = "At least so many faults that hit traffic" };
        var only = new Option<string[]>("--only") { Description = "Only faults whose kind begins so; several are allowed. none: no faults", AllowMultipleArgumentsPerToken = true };
        var crowd = new Option<int>("--crowd") { Description = "How many times the whole cast of clients takes part", DefaultValueFactory = _ => 1 };
        var listeners = new Option<int>("--listeners") { Description = "So many more clients in each cast who only listen" };
        var atMost = new Option<double>("--at-most") { Description = "Ends after so many minutes, whatever was reached", DefaultValueFactory = _ => 720 };
        var rate = new Option<int>("--rate") { Description = "Messages a second of all together", DefaultValueFactory = _ => 60 };
        var bound = new Option<int>("--bound") { Description = "Seconds after the last fault in which everybody must have seen everything", DefaultValueFactory = _ => 60 };
        var postgres = new Option<string?>("--postgres-bin") { Description = "Where initdb and postgres are; the newest installed by default" };
        var recovery = new Option<int>("--recovery") { Description = "Instead: measures so many times each how long recovery takes, against its bounds" };
        nodes.InRange(1, 9);
        crowd.InRange(1, 50);
        listeners.InRange(0, 1_000);
        rate.InRange(1, 10_000);
        bound.InRange(1, 3_600);
        recovery.InRange(0, 1_000);

        var command = new Command("torture", "Breaks a cluster while people talk on it, and checks that nothing was lost")
        {
            nodes, against, seed, minutes, deliveries, faults, only, crowd, listeners, rate, atMost, bound, postgres, recovery,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var goals = parsed.GetValue(deliveries) > 0 || parsed.GetValue(faults) > 0;
            var run = new TortureRun
            {
                Nodes = parsed.GetValue(nodes),
                Against = parsed.GetValue(against),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes) is > 0 and var given ? given : goals ? 0 : 1),
                Deliveries = parsed.GetValue(deliveries),
                Faults = parsed.GetValue(faults),
                Only = parsed.GetValue(only) ?? [],
                Crowd = parsed.GetValue(crowd),
                Listeners = parsed.GetValue(listeners),
                AtMost = TimeSpan.FromMinutes(parsed.GetValue(atMost)),
                Rate = parsed.GetValue(rate),
                Bound = TimeSpan.FromSeconds(parsed.GetValue(bound)),
                PostgresPrograms = parsed.GetValue(postgres),
            };
            return parsed.GetValue(recovery) is > 0 and var times ? RecoveryBench.RunAsync(run, times, cancellation) : TortureBench.RunAsync(run, cancellation);
        });
        return command;
    }
}
