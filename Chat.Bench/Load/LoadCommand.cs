using System.CommandLine;

namespace Chat.Bench.Load;

/// <summary><c>load URL</c>: how many people does that server hold? More and more of them come and behave as people do, until it takes too long or fails.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var server = new Argument<Uri?>("URL") { Description = "The server, like https://chat.example; one made for it, since the guests and rooms stay", CustomParser = Addresses.Parse };
        var start = new Option<int>("--start") { Description = "People in the first step", DefaultValueFactory = _ => 50 };
        var growth = new Option<double>("--growth") { Description = "People in a step to those in the one before", DefaultValueFactory = _ => 1.5 };
        var most = new Option<int>("--most") { Description = "People at most", DefaultValueFactory = _ => 10_000 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds that a step is measured", DefaultValueFactory = _ => 30 };
        var messages = new Option<double>("--messages") { Description = "Messages a minute of each", DefaultValueFactory = _ => 2 };
        var limit = new Option<int>("--p99") { Description = "Milliseconds that 99 of 100 deliveries may take", DefaultValueFactory = _ => 1_000 };
        var errors = new Option<double>("--errors") { Description = "Percent of messages, and of deliveries, that may fail", DefaultValueFactory = _ => 0.1 };
        var svg = new Option<string?>("--svg") { Description = "A file for the picture" };
        start.InRange(2, 100_000);
        most.InRange(2, 100_000);
        seconds.InRange(1, 3_600);
        limit.InRange(1, 60_000);
        growth.InRange(1.05, 10);
        messages.InRange(0.01, 600);
        errors.InRange(0, 100);

        var command = new Command("load", "How many people a server holds") { server, start, growth, most, seconds, messages, limit, errors, svg };
        command.SetAction((parsed, cancellation) => LoadBench.RunAsync(new LoadRun
        {
            Server = parsed.GetValue(server)!,
            Start = parsed.GetValue(start),
            Growth = parsed.GetValue(growth),
            Most = parsed.GetValue(most),
            Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            Pause = TimeSpan.FromMinutes(1 / parsed.GetValue(messages)),
            Limit = TimeSpan.FromMilliseconds(parsed.GetValue(limit)),
            Errors = parsed.GetValue(errors) / 100,
            Svg = parsed.GetValue(svg),
        }, cancellation));
        return command;
    }
}

/// <summary>How to load a server.</summary>
public sealed record LoadRun
{
    /// <summary>Its address.</summary>
    public required Uri Server { get; init; }

    /// <summary>People in the first step.</summary>
    public required int Start { get; init; }

    /// <summary>People in a step to those in the one before; above 1.</summary>
    public required double Growth { get; init; }

    /// <summary>People at most.</summary>
    public required int Most { get; init; }

    /// <summary>How long a step is measured.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Between two messages of one person, on average.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>What 99 of 100 deliveries may take.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Which part of the messages, and of the deliveries, may fail.</summary>
    public required double Errors { get; init; }

    /// <summary>A file for the picture; null for none.</summary>
    public string? Svg { get; init; }

    /// <summary>With more than this part of the machine's cores used by this program, it is the one that does not keep up.</summary>
    public double OwnShare { get; init; } = 0.75;

    /// <summary>How long what is missing at the end of a step may still come.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Progress and results go here.</summary>
    public TextWriter Output { get; init; } = Console.Out;
}
