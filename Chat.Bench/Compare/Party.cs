using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Chat.Client;
using HdrHistogram;

namespace Chat.Bench.Compare;

/// <summary>A contestant with everybody connected to it.</summary>
internal sealed class Party : IAsyncDisposable
{
    private const int Senders = 64;
    private const int AtOnce = 8;

    /// <summary>Messages that may be sent before the receivers have had the first of them, where it goes as fast as it can.</summary>
    private const int Window = 256;

    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Receivers _receivers = new();
    private readonly List<Line> _listening = [];
    private readonly List<WebSocketLine> _sending = [];
    private readonly ConcurrentBag<Line> _alive = [];
    private readonly TransportKind _transport;
    private readonly CancellationTokenSource _over = new();
    private Task _keepingAlive = Task.CompletedTask;
    private int _next;
    private SlowReaders? _slow;

    private Party(Contestant contestant, TransportKind transport) => (Contestant, _transport) = (contestant, transport);

    public Contestant Contestant { get; }

    /// <summary>How many receive.</summary>
    public int Count => _receivers.Count;

    /// <summary>All connections.</summary>
    public int Connections => _listening.Count + _sending.Count;

    /// <summary>Connections that have ended.</summary>
    public int Gone => _receivers.Gone;

    /// <summary>Starts a contestant and connects receivers and senders. It belongs to the party from now on.</summary>
    /// <param name="contestant">Whose party it is.</param>
    /// <param name="nodes">On so many nodes.</param>
    /// <param name="receivers">So many at once.</param>
    /// <param name="more">So many more that may come later.</param>
    /// <param name="transport">How those receive.</param>
    /// <param name="folder">Where the contestant may write.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Party> GatherAsync(
        Contestant contestant, int nodes, int receivers, int more, TransportKind transport, string folder, CancellationToken ct)
    {
        var party = new Party(contestant, transport);
        try
        {
            await contestant.StartAsync(nodes, folder, ct);
            await contestant.InviteAsync(receivers + more, Senders, ct);
            await party.AddReceiversAsync(receivers, ct);
            party._sending.AddRange(await ConnectAsync(Senders, contestant.SenderAsync, ct));
            // What comes back to senders must be read, too.
            party._sending.ForEach(l => party._receivers.Add(l, counts: false));
            party._keepingAlive = party.KeepAliveAsync();
            return party;
        }
        catch
        {
            await party.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects more who receive.</summary>
    public async Task AddReceiversAsync(int count, CancellationToken ct)
    {
        var first = _listening.Count;
        _listening.AddRange(await ConnectAsync(count, (i, stop) => Contestant.ReceiverAsync(first + i, _transport, stop), ct));
        foreach (var line in _listening.Skip(first))
            _receivers.Add(line, counts: true);
    }

    /// <summary>From now on two more are there who hardly read.</summary>
    public async Task AddSlowReadersAsync(CancellationToken ct)
    {
        Contestant.ReceiveBuffer = SlowReaders.ReceiveBuffer;
        var lines = await ConnectAsync(SlowReaders.Count, (i, stop) => Contestant.ReceiverAsync(Count + i, _transport, stop), ct);
        foreach (var line in lines)
            _alive.Add(line);
        _slow = new SlowReaders(lines[0], lines[1]);
    }

    /// <summary>Sends so many messages and waits until everybody has them, or nothing has come for long.</summary>
    /// <param name="count">Messages.</param>
    /// <param name="rate">How many a second; null: as fast as it goes.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Delivery> DeliverAsync(int count, int? rate, CancellationToken ct)
    {
        var expected = new Expected(_next, count);
        _next += count;
        var frames = Enumerable.Range(expected.First, count).Select(n => Contestant.Message(Marked.Body(n))).ToArray();
        var lateness = Log.Load.NewHistogram();
        _receivers.Expect(expected);
        var (processor, load, start) = (Contestant.ProcessorTime, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.Factory.StartNew(
            () => Send(frames, expected, rate, lateness, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await DeliveredAsync((long)count * Count, ct);
        var elapsed = Stopwatch.GetElapsedTime(start);
        return new Delivery
        {
            Delivered = _receivers.Delivered,
            Due = (long)count * Count,
            Wrong = _receivers.Wrong(),
            Processor = Contestant.ProcessorTime - processor,
            Elapsed = elapsed,
            Latency = expected.Latency,
            Lateness = lateness,
            LoadShare = (Environment.CpuUsage.TotalTime - load) / elapsed,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _keepingAlive;
        _over.Dispose();
        _slow?.Dispose();
        _receivers.Dispose();
        foreach (var line in _listening.Concat(_sending))
            line.Dispose();
        await Contestant.DisposeAsync();
    }

    private static async Task<T[]> ConnectAsync<T>(int count, Func<int, CancellationToken, Task<T>> connect, CancellationToken ct)
    {
        var lines = new T[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (i, stop) => lines[i] = await connect(i, stop));
        return lines;
    }

    /// <summary>On a thread of its own: nothing that is awaited may make a message late.</summary>
    private void Send(byte[][] frames, Expected expected, int? rate, LongHistogram lateness, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var progress = start;
        var before = -1L;
        for (var n = 0; n < frames.Length && !ct.IsCancellationRequested; n++)
        {
            if (rate is { } perSecond)
            {
                var intended = start + (n * Stopwatch.Frequency / perSecond);
                expected.Intend(expected.First + n, intended);
                while (Stopwatch.GetTimestamp() is var now && now < intended)
                    Thread.Sleep(TimeSpan.FromTicks(Math.Max(0, Stopwatch.GetElapsedTime(now, intended).Ticks - TimeSpan.TicksPerMillisecond)));
                lateness.RecordValue(Math.Max(0, (long)Stopwatch.GetElapsedTime(intended).TotalMicroseconds));
            }
            else
            {
                while (_receivers.Delivered is var delivered && delivered < (long)(n - Window) * Count)
                {
                    if (delivered != before)
                        (before, progress) = (delivered, Stopwatch.GetTimestamp());
                    else if (Stopwatch.GetElapsedTime(progress) > s_patience || ct.IsCancellationRequested)
                        return;
                    Thread.Sleep(1);
                }
            }
            if (!TrySend(_sending[n % _sending.Count], frames[n]))
                return;
        }
    }

    /// <summary>False: the contestant has closed the connection. What is missing the count will show.</summary>
    private static bool TrySend(WebSocketLine line, byte[] frame)
    {
        try
        {
            line.Send(frame);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task DeliveredAsync(long due, CancellationToken ct)
    {
        var (before, since) = (-1L, Stopwatch.GetTimestamp());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (_receivers.Delivered is var delivered && delivered < due)
        {
            if (delivered != before)
                (before, since) = (delivered, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > s_patience)
                return;
            await timer.WaitForNextTickAsync(ct);
        }
    }

    private async Task KeepAliveAsync()
    {
        if (Contestant.KeepAlive is not { } text)
            return;
        using var timer = new PeriodicTimer(s_keepAlive);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _over.Token };
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
                await Parallel.ForEachAsync([.. _listening, .. _sending, .. _alive], options, (line, stop) => KeepAliveAsync(line, text, stop));
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
        }
    }

    /// <summary>Whose connection has ended is left alone: the count will show it.</summary>
    private static async ValueTask KeepAliveAsync(Line line, string text, CancellationToken ct)
    {
        try
        {
            await line.SendAsync(text, ct);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or HttpRequestException or OperationCanceledException)
        {
        }
    }
}
