using System.CommandLine;
using Chat.Bench.Abuse;
using Chat.Bench.Archive;
using Chat.Bench.Compare;
using Chat.Bench.Hints;
using Chat.Bench.Load;
using Chat.Bench.Log;
using Chat.Bench.Page;
using Chat.Bench.Size;
using Chat.Bench.Torture;
using Chat.Bench.Transports;

var root = new RootCommand("Measures the relay, and tries to break it. To measure, run it in Release, on a machine that does nothing else.")
{
    AbuseCommand.Create(),
    ArchiveCommand.Create(),
    CompareCommand.Create(),
    HintsCommand.Create(),
    LoadCommand.Create(),
    LogCommand.Create(),
    PageCommand.Create(),
    SizeCommand.Create(),
    TortureCommand.Create(),
    TransportsCommand.Create(),
};
// After Ctrl-C there is something to put in order, and a report.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(3) });
