using System.CommandLine;
using Chat.Bench.Log;
using Chat.Bench.Page;

var root = new RootCommand("Measures the relay. Run it in Release, on a machine that does nothing else.")
{
    LogCommand.Create(),
    PageCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
