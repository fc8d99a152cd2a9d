using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>All transports side by side: opened, talked over, left alone, talked over again.</summary>
internal sealed class Ward(Patient patient, Action<Step> progress) : IAsyncDisposable
{
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(100);

    // Of each that can send: together they stay below what the server allows a person in a burst.
    private const int MostSent = 20;

    private readonly List<Bed> _beds =
    [
        new(new HubTrial(patient, HttpTransportType.WebSockets)), new(new HubTrial(patient, HttpTransportType.ServerSentEvents)),
        new(new HubTrial(patient, HttpTransportType.LongPolling)), new(new PollTrial(patient, waits: false)), new(new PollTrial(patient, waits: true)),
        new(StreamTrial.Sse(patient)), new(StreamTrial.Frame(patient)), new(new SocketTrial(patient)),
    ];

    /// <summary>Tries them all. Throws only when cancelled, or when no message can be sent at all.</summary>
    public async Task<IReadOnlyList<TrialReport>> RunAsync(CancellationToken ct)
    {
        progress(new Step("opening every transport"));
        // The first event is there already, so that each brings something at once.
        var first = await patient.SayAsync(patient.NewMessage(), ct);
        await Task.WhenAll(_beds.Select(b => b.Trial.OpenAsync(first.Seq - 1, ct)));
        progress(new Step($"{patient.Options.Messages} messages over each", s_apart * patient.Options.Messages));
        await TalkAsync(ct);
        await Task.WhenAll(_beds.Where(b => b.Trial is { CanSend: true, IsOpen: true }).Select(b => SendAsync(b, ct)));
        if (patient.Options.Idle > TimeSpan.Zero)
            await IdleAsync(ct);
        return [.. _beds.Select(b => b.Report())];
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_beds.Select(b => b.Trial.DisposeAsync().AsTask()));

    /// <summary>A series of messages, each some time after the one before, heard by all.</summary>
    private async Task TalkAsync(CancellationToken ct)
    {
        using var pace = new PeriodicTimer(s_apart);
        var sent = new List<Sent>();
        for (var i = 0; i < patient.Options.Messages; i++)
        {
            var message = patient.NewMessage();
            sent.Add(new Sent(Patient.MarkOf(message), Stopwatch.GetTimestamp()));
            await patient.SayAsync(message, ct);
            await pace.WaitForNextTickAsync(ct);
        }
        await HeardByAllAsync(sent.Select(s => s.Mark), ct);
        foreach (var bed in _beds)
            bed.Series = [.. sent.Select(s => (s.At, Heard(bed.Trial, s.Mark)))];
    }

    private async Task SendAsync(Bed bed, CancellationToken ct)
    {
        var message = patient.NewMessage();
        try
        {
            for (var i = 0; i < Math.Min(MostSent, patient.Options.Messages); i++)
            {
                message = patient.NewMessage();
                var begin = Stopwatch.GetTimestamp();
                bed.Sent.Add(Stopwatch.GetElapsedTime(begin, await patient.WithinAsync(async token =>
                {
                    await bed.Trial.SendAsync(message, token);
                    return await bed.Trial.HeardAsync(Patient.MarkOf(message)).WaitAsync(token);
                }, ct)));
            }
            bed.Sends = true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OutOfMemoryException)
        {
            bed.Sends = false;
            bed.SentUnheard = await IsInTheRoomAsync(message, ct);
        }
    }

    private async Task<bool> IsInTheRoomAsync(NewMessage message, CancellationToken ct)
    {
        var (head, body) = await patient.GetAsync($"api/rooms/{patient.Room!.Id}/events", ct);
        using var _ = head;
        return head.IsSuccessStatusCode
            && JsonSerializer.Deserialize<EventPage>(body, ChatJson.Options)!.Events.Any(e => e.ClientId == message.ClientId);
    }

    private async Task IdleAsync(CancellationToken ct)
    {
        progress(new Step($"{_beds.Count(b => b.Trial.IsOpen)} transports idle, all at the same time", patient.Options.Idle));
        var open = _beds.Where(b => b.Trial.IsOpen).ToList();
        foreach (var bed in open)
            bed.Trial.Rest(true);
        var begin = Stopwatch.GetTimestamp();
        await Task.Delay(patient.Options.Idle, ct);
        foreach (var bed in open)
            bed.Trial.Rest(false);
        progress(new Step("one more message over each"));
        var message = patient.NewMessage();
        await patient.SayAsync(message, ct);
        await HeardByAllAsync([Patient.MarkOf(message)], ct);
        foreach (var bed in open)
        {
            var heard = Heard(bed.Trial, Patient.MarkOf(message)) is not null;
            if (!heard && bed.Trial.Ended.IsCompleted)
                bed.CutAfter = Stopwatch.GetElapsedTime(begin, bed.Trial.EndedAt);
            else
                bed.Awake = heard;
        }
    }

    /// <summary>Waits until all that are open have heard everything, or patience ends.</summary>
    private async Task HeardByAllAsync(IEnumerable<string> marks, CancellationToken ct)
    {
        try
        {
            await patient.WithinAsync(async token =>
            {
                await Task.WhenAll(_beds.Where(b => b.Trial.IsOpen).Select(b =>
                    Task.WhenAny(b.Trial.Ended, Task.WhenAll(marks.Select(b.Trial.HeardAsync))))).WaitAsync(token);
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
    private sealed class Bed(Trial trial)
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
