using System.CommandLine;

namespace Chat.Bench.Log;

/// <summary>
/// <c>log</c>: what group commit is worth. The log as it is against one that commits each write alone, side by side in one run: bare, beside a program in C that
/// does the same; and with the whole server around it.
/// </summary>
internal static class LogCommand
{
    public static Command Create()
    {
        var senders = new Option<int>("--senders") { Description = "Senders at the same time", DefaultValueFactory = _ => 64 };
        var perCall = new Option<int>("--per-call") { Description = "Messages in one call", DefaultValueFactory = _ => 1 };
        var rooms = new Option<int>("--rooms") { Description = "Rooms they are spread over", DefaultValueFactory = _ => 1 };
        var direct = new Option<bool>("--direct") { Description = "The rooms are conversations of two: at least as many as senders" };
        var seconds = new Option<int>("--seconds") { Description = "Seconds a writer is measured in a round", DefaultValueFactory = _ => 5 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; the writers take turns", DefaultValueFactory = _ => 3 };
        var directory = new Option<string>("--directory")
        {
            Description = "Where the databases go, on a real disk; removed at the end",
            DefaultValueFactory = _ => Environment.CurrentDirectory,
        };
        senders.InRange(1, 1_000);
        perCall.InRange(1, Contracts.Limits.BatchMessages);
        rooms.InRange(1, 1_000);
        seconds.InRange(1, 600);
        rounds.InRange(1, 100);

        var command = new Command("log", "Acknowledged messages a second, with group commit and without, and a program in C beside them")
        {
            senders, perCall, rooms, direct, seconds, rounds, directory,
        };
        command.SetAction((parsed, cancellation) => LogBench.RunAsync(new LogRun
        {
            Senders = parsed.GetValue(senders),
            PerCall = parsed.GetValue(perCall),
            Rooms = parsed.GetValue(direct) ? Math.Max(parsed.GetValue(rooms), parsed.GetValue(senders)) : parsed.GetValue(rooms),
            Direct = parsed.GetValue(direct),
            Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            Rounds = parsed.GetValue(rounds),
            Directory = parsed.GetValue(directory)!,
        }, cancellation));
        return command;
    }
}
