using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Chat.Tests.Support;

namespace Chat.Tests.Transports.Feeds;

/// <summary>
/// A client of one room's feed that others wrote, used as its documentation says: after a cut it goes on from the last number. It notes what it was
/// given, in order, and mends nothing.
/// </summary>
public abstract class FeedClient : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(45);

    private readonly ConcurrentQueue<long> _numbers = new();
    private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<long> Numbers => [.. _numbers];

    /// <summary>Completes when it has learned that it need not come back; with what told it.</summary>
    public Task<string> Stopped => _stopped.Task;

    /// <summary>The last number, or where it began.</summary>
    protected long Last { get; private set; }

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Begins to follow a room after a number.</summary>
    public Task StartAsync(Person person, Uri server, string room, long after)
    {
        Last = after;
        return StartAsync(new Uri(server, $"/api/rooms/{room}/events"), person.Token);
    }

    /// <summary>Must be given these numbers and no others.</summary>
    public async Task HearsAsync(params IEnumerable<long> numbers)
    {
        var expected = numbers.ToList();
        try
        {
            await Eventually.TrueAsync(() => _numbers.Count >= expected.Count, s_soon, () => $"{_numbers.Count} of {expected.Count}", Ct);
        }
        finally
        {
            Assert.Equal(expected, Numbers);
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    private protected abstract Task StartAsync(Uri events, string token);

    private protected void Heard(long seq)
    {
        Last = seq;
        _numbers.Enqueue(seq);
    }

    private protected void Stop(string why) => _stopped.TrySetResult(why);
}

/// <summary>A program that follows: what it prints is read line by line, as long as it is wanted.</summary>
public abstract class FollowingProgram : FeedClient
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override Task StartAsync(Uri events, string token)
    {
        _running = Task.Run(() => FollowAsync(events, token, _stop.Token));
        return Task.CompletedTask;
    }

    private protected abstract Task FollowAsync(Uri events, string token, CancellationToken stop);

    /// <summary>Runs it until it ends; its exit code.</summary>
    private protected static async Task<int> RunAsync(string program, IEnumerable<string> arguments, Action<string> line, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["NODE_PATH"] = Repository.File("Chat.Web/node_modules");
        using var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(stop) is { } text)
                line(text);
            await process.WaitForExitAsync(stop);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}

/// <summary><c>curl</c> in a loop, as a shell script has it.</summary>
/// <param name="wait">Seconds of a long poll; 0: short polls, one after the other.</param>
public sealed class CurlPolls(int wait) : FollowingProgram
{
    private protected override async Task FollowAsync(Uri events, string token, CancellationToken stop)
    {
        var left = false;
        while (!stop.IsCancellationRequested)
        {
            var body = "";
            var code = await RunAsync(
                "curl", ["-s", "--fail", "-H", $"Authorization: Bearer {token}", $"{events}?after={Last}&limit=40&wait={wait}"], line => body += line, stop);
            if (code == 22) // refused, says --fail
                Stop("refused");
            if (code != 0)
                continue; // cut
            var page = JsonDocument.Parse(body).RootElement;
            if (left && page.GetProperty("events").GetArrayLength() == 0)
                Stop("nothing more");
            foreach (var e in page.GetProperty("events").EnumerateArray())
            {
                Heard(e.GetProperty("seq").GetInt64());
                left |= e.GetProperty("type").GetString() == "leave";
            }
        }
    }
}

/// <summary><c>curl -N</c>, started again with <c>Last-Event-ID</c> when it ends.</summary>
public sealed class CurlStream : FollowingProgram
{
    private protected override async Task FollowAsync(Uri events, string token, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (id, status) = (0L, "");
            await RunAsync(
                "curl",
                [
                    "-sN", "-H", $"Authorization: Bearer {token}", "-H", $"Last-Event-ID: {Last}", "-w", "status %{http_code}\n", $"{events}/stream?after=0",
                ],
                line =>
                {
                    // Cut in the middle of it, it is no number, or what -w prints stands behind it.
                    if (line.StartsWith("id: ", StringComparison.Ordinal))
                        _ = long.TryParse(line[4..], System.Globalization.CultureInfo.InvariantCulture, out id);
                    else if (line.Length == 0 && id > 0) // a block counts when it is complete
                    {
                        Heard(id);
                        id = 0;
                    }
                    else if (line.StartsWith("status ", StringComparison.Ordinal))
                        status = line[7..];
                },
                stop);
            if (status is not ("200" or "000" or ""))
                Stop(status);
        }
    }
}

/// <summary>A module of npm, which comes back by itself or as its users do it: <c>feed.cjs</c>.</summary>
/// <param name="way"><c>eventsource</c> or <c>ws</c>.</param>
public sealed class NodeModule(string way) : FollowingProgram
{
    private protected override Task FollowAsync(Uri events, string token, CancellationToken stop) => RunAsync(
        "node", [Repository.File("Chat.Tests/Transports/Feeds/feed.cjs"), way, $"{events}", token, $"{Last}"],
        line =>
        {
            if (long.TryParse(line, out var seq))
                Heard(seq);
            else
                Stop(line);
        },
        stop);
}
