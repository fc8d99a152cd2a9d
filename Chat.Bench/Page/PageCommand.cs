using System.CommandLine;

namespace Chat.Bench.Page;

/// <summary><c>page</c>: what the first visit to the page costs in bytes, and how long a person waits for the first message.</summary>
internal static class PageCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; each visits first, again, and on a free line", DefaultValueFactory = _ => 5 };
        var slowdown = new Option<int>("--cpu") { Description = "How many times slower than this machine the visitor's is", DefaultValueFactory = _ => 4 };
        var kilobits = new Option<int>("--kbit") { Description = "The visitor's line, in kilobits a second each way", DefaultValueFactory = _ => 1600 };
        var latency = new Option<int>("--latency") { Description = "Milliseconds that the line adds to each request", DefaultValueFactory = _ => 150 };
        var browser = new Option<string>("--browser") { Description = "Chromium", DefaultValueFactory = _ => "/usr/bin/chromium" };
        rounds.InRange(1, 100);
        slowdown.InRange(1, 50);
        kilobits.InRange(50, 1_000_000);
        latency.InRange(0, 10_000);

        var command = new Command("page", "Bytes of the first visit, and time to the first message on a slow line and a slow machine")
        {
            rounds, slowdown, kilobits, latency, browser,
        };
        command.SetAction((parsed, cancellation) => PageBench.RunAsync(new PageRun
        {
            Rounds = parsed.GetValue(rounds),
            Slowdown = parsed.GetValue(slowdown),
            BytesPerSecond = parsed.GetValue(kilobits) * 1000 / 8,
            Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
            Browser = parsed.GetValue(browser)!,
        }, cancellation));
        return command;
    }
}
