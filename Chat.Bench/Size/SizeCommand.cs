using System.CommandLine;

namespace Chat.Bench.Size;

/// <summary>
/// <c>size</c>: compares the cost of each call on large rooms and lists with the same call on small ones. The cost must
/// not grow with rows that the call does not return.
/// </summary>
internal static class SizeCommand
{
    public static Command Create()
    {
        var messages = Sizes("--messages", "Messages in a room", 1_000, 100_000, 1_000_000);
        var members = Sizes("--members", "Members of a room", 100, 10_000, 100_000);
        var rooms = Sizes("--rooms", "Rooms of one person", 10, 1_000, 10_000);
        var rounds = new Option<int>("--rounds")
        {
            Description = "Rounds; the sizes take turns", DefaultValueFactory = _ => 5,
        };
        var calls = new Option<int>("--calls")
        {
            Description = "Calls of each kind in a turn", DefaultValueFactory = _ => 50,
        };
        var directory = new Option<string>("--directory")
        {
            Description = "Where the databases go, on a real disk; removed at the end",
            DefaultValueFactory = _ => Environment.CurrentDirectory,
        };
        rounds.InRange(1, 100);
        calls.InRange(1, 10_000);

        var command = new Command("size", "Cost against size, on SQLite and PostgreSQL")
        {
            messages, members, rooms, rounds, calls, directory,
        };
        command.SetAction((parsed, cancellation) => SizeBench.RunAsync(new SizeRun
        {
            Messages = parsed.GetValue(messages)!,
            Members = parsed.GetValue(members)!,
            Rooms = parsed.GetValue(rooms)!,
            Rounds = parsed.GetValue(rounds),
            Calls = parsed.GetValue(calls),
            Directory = parsed.GetValue(directory)!,
            Output = Console.Out,
        }, cancellation));
        return command;
    }

    private static Option<int[]> Sizes(string name, string description, params int[] sizes)
    {
        var option = new Option<int[]>(name)
        {
            Description = $"{description}, ascending; each is held against the first",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => sizes,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int[]>() is not { Length: >= 2 } given || given.Any(n => n < 2)
                || !given.SequenceEqual(given.Order()))
                result.AddError($"{name} takes at least two numbers from 2, ascending");
        });
        return option;
    }
}
