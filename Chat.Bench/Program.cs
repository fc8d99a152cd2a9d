using System.CommandLine;
using Chat.Bench.Log;

var root = new RootCommand("Measures the relay. Run it in Release, on a machine that does nothing else.")
{
    LogCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
