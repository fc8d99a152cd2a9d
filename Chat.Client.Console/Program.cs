using System.CommandLine;
using System.CommandLine.Invocation;
using Chat.Client.Console.Commands;

var root = new RootCommand("""
    Chat: talk to people and rooms, over any transport, without losing a message.
    Without a command it opens the conversation: full screen on a terminal, line by line with --plain.

    """ + ExitCodes.Table);
GlobalOptions.AddTo(root);
ChatCommand.AddTo(root);
foreach (var command in AccountCommands.All())
    root.Subcommands.Add(command);
root.Subcommands.Add(SendCommand.Create());
root.Subcommands.Add(TailCommand.Create());
root.Subcommands.Add(HistoryCommand.Create());
foreach (var command in RoomCommands.All().Concat(ConsentCommands.All()))
    root.Subcommands.Add(command);
root.Subcommands.Add(DoctorCommand.Create());

// A message may begin with @: it is no name of a file with arguments.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
        Runner.Complain(ExitCodes.UsageCode, $"{error.Message} (--help shows how)");
    return ExitCodes.Usage;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
