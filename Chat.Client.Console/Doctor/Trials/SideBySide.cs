using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>All transports side by side: opened, talked over, left alone, talked over again.</summary>
internal sealed class SideBySide(Way way, Action<Step> progress) : IAsyncDisposable
{
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(100);

    // Of each that can send: together they stay below what the server allows a person in a burst.
    private const int MostSent = 20;

    private readonly List<Tried> _all =
    [
        new(new HubTrial(way, HttpTransportType.WebSockets)), new(new HubTrial(way, HttpTransportType.ServerSentEvents)),
        new(new HubTrial(way, HttpTransportType.LongPolling)), new(new PollTrial(way, waits: false)), new(new PollTrial(way, waits: true)),
        new(StreamTrial.Sse(way)), new(StreamTrial.Frame(way)), new(new SocketTrial(way)),
    ];

    /// <summary>Tries them all. Throws only when cancelled, or when no message can be sent at all.</summary>
    public async Task<IReadOnlyList<TrialReport>> RunAsync(CancellationToken ct)
    {
        progress(new Step("opening every transport"));
        // The first event is there already, so that each brings something at once.
        var first = await way.SayAsync(way.NewMessage(), ct);
        await Task.WhenAll(_all.Select(t => t.Trial.OpenAsync(first.Seq - 1, ct)));
        progress(new Step($"{way.Options.Messages} messages over each", s_apart * way.Options.Messages));
        await TalkAsync(ct);
        await Task.WhenAll(_all.Where(t => t.Trial is { CanSend: true, IsOpen: true }).Select(t => SendAsync(t, ct)));
        if (way.Options.Idle > TimeSpan.Zero)
            await IdleAsync(ct);
        return [.. _all.Select(t => t.Report())];
    }

    public async ValueTask DisposeAsync()
    {
        // Side by side, and not waited for by who wants to end: a connection on which nothing comes through may not even close.
        var closing = Task.WhenAll(_all.Select(t => Task.Run(() => t.Trial.DisposeAsync().AsTask())));
        await Task.WhenAny(closing, Task.Delay(way.Options.Patience));
    }

    /// <summary>A series of messages, each some time after the one before, heard by all.</summary>
    private async Task TalkAsync(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(s_apart);
        var sent = new List<Sent>();
        for (var i = 0; i < way.Options.Messages; i++)
        {
            var message = way.NewMessage();
            sent.Add(new Sent(Way.MarkOf(message), Stopwatch.GetTimestamp()));
            await way.SayAsync(message, ct);
            await pace.WaitForNextTickAsync(ct);
        }
        await HeardByAllAsync(sent.Select(s => s.Mark), ct);
        foreach (var tried in _all)
            tried.Series = [.. sent.Select(s => (s.At, Heard(tried.Trial, s.Mark)))];
    }

    private async Task SendAsync(Tried tried, CancellationToken ct)
    {
        var message = way.NewMessage();
        try
        {
            for (var i = 0; i < Math.Min(MostSent, way.Options.Messages); i++)
            {
                message = way.NewMessage();
                var begin = Stopwatch.GetTimestamp();
                tried.Sent.Add(Stopwatch.GetElapsedTime(begin, await way.WithinAsync(async token =>
                {
                    await tried.Trial.SendAsync(message, token);
                    return await tried.Trial.HeardAsync(Way.MarkOf(message)).WaitAsync(token);
                }, ct)));
            }
            tried.Sends = true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OutOfMemoryException)
        {
            tried.Sends = false;
            tried.SentUnheard = await IsInTheRoomAsync(message, ct);
        }
    }

    private async Task<bool> IsInTheRoomAsync(NewMessage message, CancellationToken ct)
    {
        var (head, body) = await way.GetAsync($"api/rooms/{way.Room!.Id}/events", ct);
        using var _ = head;
        return head.IsSuccessStatusCode
            && JsonSerializer.Deserialize<EventPage>(body, ChatJson.Options)!.Events.Any(e => e.ClientId == message.ClientId);
    }

    private async Task IdleAsync(CancellationToken ct)
    {
        progress(new Step($"{_all.Count(t => t.Trial.IsOpen)} transports idle, all at the same time", way.Options.Idle));
        var open = _all.Where(t => t.Trial.IsOpen).ToList();
        foreach (var tried in open)
            tried.Trial.Rest(true);
        var begin = Stopwatch.GetTimestamp();
        await Task.Delay(way.Options.Idle, ct);
        foreach (var tried in open)
            tried.Trial.Rest(false);
        progress(new Step("one more message over each"));
        var message = way.NewMessage();
        await way.SayAsync(message, ct);
        await HeardByAllAsync([Way.MarkOf(message)], ct);
        foreach (var tried in open)
        {
            var heard = Heard(tried.Trial, Way.MarkOf(message)) is not null;
            if (!heard && tried.Trial.Ended.IsCompleted)
                tried.CutAfter = Stopwatch.GetElapsedTime(begin, tried.Trial.EndedAt);
            else
                tried.Awake = heard;
        }
    }

    /// <summary>Waits until all that are open have heard everything, or patience ends.</summary>
    private async Task HeardByAllAsync(IEnumerable<string> marks, CancellationToken ct)
    {
        try
        {
            await way.WithinAsync(async token =>
            {
                await Task.WhenAll(_all.Where(t => t.Trial.IsOpen).Select(t =>
                    Task.WhenAny(t.Trial.Ended, Task.WhenAll(marks.Select(t.Trial.HeardAsync))))).WaitAsync(token);
                return true;
            }, ct);
        }
        catch (TimeoutException)
        {
            // Who has not heard it is what was to be found out.
        }
    }

    private static long? Heard(Trial trial, string mark) => trial.HeardAsync(mark) is { IsCompletedSuccessfully: true } heard ? heard.Result : null;

    private sealed record Sent(string Mark, long At);

    /// <summary>A transport, and what was found out about it.</summary>
    private sealed class Tried(Trial trial)
    {
        public Trial Trial => trial;

        public IReadOnlyList<(long Sent, long? Heard)> Series { get; set; } = [];

        public List<TimeSpan> Sent { get; } = [];

        public bool? Sends { get; set; }

        public bool SentUnheard { get; set; }

        public TimeSpan? CutAfter { get; set; }

        public bool? Awake { get; set; }

        public TrialReport Report() => new()
        {
            Key = trial.Key,
            Name = trial.Name,
            Carrier = trial.Carrier,
            IsHub = trial.IsHub,
            IsMissing = trial.IsMissing,
            Opened = trial.Opened,
            FirstByte = trial.FirstByte,
            Status = trial.Status,
            Error = trial.Error,
            RoundTrips = Sent is [] ? [.. Series.Where(m => m.Heard is not null).Select(m => Stopwatch.GetElapsedTime(m.Sent, m.Heard!.Value))] : Sent,
            Arrival = Arrivals.Judge([.. Series.Select(m => (Time(m.Sent), m.Heard is { } heard ? Time(heard) : (TimeSpan?)null))]),
            Sends = Sends,
            SentUnheard = SentUnheard,
            CutAfter = CutAfter,
            Awake = Awake,
            Encoding = trial.Encoding,
        };

        private static TimeSpan Time(long timestamp) => Stopwatch.GetElapsedTime(0, timestamp);
    }
}
