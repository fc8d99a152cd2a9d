using System.CommandLine;

namespace Chat.Bench.Archive;

/// <summary><c>archive</c>: what a long history costs: how soon a server with it is there, and what a page of it takes, beside one with little.</summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var events = new Option<int>("--events") { Description = "Events in the long history", DefaultValueFactory = _ => 1_000_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; the two servers take turns", DefaultValueFactory = _ => 5 };
        var pages = new Option<int>("--pages") { Description = "Pages read of each kind in a round", DefaultValueFactory = _ => 1_000 };
        var directory = new Option<string>("--directory")
        {
            Description = "Where the databases go, on a real disk; removed at the end",
            DefaultValueFactory = _ => Environment.CurrentDirectory,
        };
        events.InRange(ArchiveRun.FewEvents, 100_000_000);
        rounds.InRange(1, 100);
        pages.InRange(1, 1_000_000);

        var command = new Command("archive", "Start-up and page reads with a million events, and with a thousand") { events, rounds, pages, directory };
        command.SetAction((parsed, cancellation) => ArchiveBench.RunAsync(new ArchiveRun
        {
            Events = parsed.GetValue(events),
            Rounds = parsed.GetValue(rounds),
            Pages = parsed.GetValue(pages),
            Directory = parsed.GetValue(directory)!,
            Output = Console.Out,
        }, cancellation));
        return command;
    }
}
