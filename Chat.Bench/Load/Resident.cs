using System.Diagnostics;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Load;

/// <summary>
/// One of the people: writes now and then, mostly to a few and sometimes to many, types before, marks what came as read, looks into the past, and loses the
/// connection once in a while.
/// </summary>
internal sealed class Resident : IAsyncDisposable
{
    /// <summary>Which part of the messages goes to the room of many.</summary>
    private const double ToMany = 0.1;

    private static readonly TimeSpan s_habit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_typing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(10);

    private readonly LoadRun _run;
    private readonly Account _account;
    private readonly ChatConnection _connection;
    private readonly Place _few;
    private readonly Place _many;
    private readonly Func<Measure?> _measure;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, long> _newest = [];
    private Task _life = Task.CompletedTask;

    private Resident(LoadRun run, Account account, ChatConnection connection, Place few, Place many, Func<Measure?> measure) =>
        (_run, _account, _connection, _few, _many, _measure) = (run, account, connection, few, many, measure);

    /// <summary>Somebody comes, joins both rooms, and begins to live.</summary>
    public static async Task<Resident> ComeAsync(LoadRun run, Account account, TransportKind? transport, Place few, Place many, Func<Measure?> measure, CancellationToken ct)
    {
        var connection = new ChatConnection(account.Options(transport));
        var resident = new Resident(run, account, connection, few, many, measure);
        try
        {
            await few.EnterAsync(account, ct);
            await many.EnterAsync(account, ct);
            await connection.StartAsync(ct);
        }
        catch
        {
            await resident.DisposeAsync();
            throw;
        }
        resident._life = Task.WhenAll(resident.ReadAsync(), resident.WriteAsync(), resident.DoOtherThingsAsync());
        return resident;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _life;
        }
        catch (Exception e) when (e is OperationCanceledException or ChatException)
        {
            // That was asked for, or the server had refused them for good: their messages were missed then.
        }
        await _connection.DisposeAsync();
        _account.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var e in _connection.Events(_stop.Token))
        {
            if (e is { Type: EventTypes.Message, ClientId: { } clientId } && e.Sender.Id != _account.User.Id)
                _measure()?.Sees(clientId);
            lock (_newest)
                _newest[e.RoomId] = e.Seq;
        }
    }

    /// <summary>By a plan that does not wait for answers: a server that is slow is not asked less.</summary>
    private async Task WriteAsync()
    {
        var next = Stopwatch.GetTimestamp() + Ticks(_run.Pause * Random.Shared.NextDouble());
        while (true)
        {
            var place = Random.Shared.NextDouble() < ToMany ? _many : _few;
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next) is var left && left > s_typing)
            {
                await Task.Delay(left - s_typing, _stop.Token);
                await QuietlyAsync(_connection.TypingAsync(place.RoomId, _stop.Token));
            }
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, _stop.Token);
            _ = SayAsync(place, next);
            next += Ticks(_run.Pause * -Math.Log(1 - Random.Shared.NextDouble()));
        }
    }

    private async Task SayAsync(Place place, long intended)
    {
        var (clientId, others) = (Guid.NewGuid().ToString("n"), place.People - 1);
        var measure = _measure() is { } now && now.Says(clientId, intended) ? now : null;
        try
        {
            await _connection.SendAsync(place.RoomId, Words.Some(), clientId: clientId, ct: _stop.Token).WaitAsync(s_timeToAnswer, _stop.Token);
            measure?.Answered(others);
        }
        catch (Exception e) when (e is ChatException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            measure?.Failed();
        }
    }

    private async Task DoOtherThingsAsync()
    {
        while (true)
        {
            await Task.Delay(s_habit * -Math.Log(1 - Random.Shared.NextDouble()), _stop.Token);
            List<KeyValuePair<string, long>> newest;
            lock (_newest)
                newest = [.. _newest];
            switch (Random.Shared.NextDouble())
            {
                case < 0.9:
                    foreach (var (roomId, seq) in newest)
                        await QuietlyAsync(_connection.MarkReadAsync(roomId, seq, _stop.Token));
                    break;
                case < 0.97:
                    await QuietlyAsync(_connection.HistoryAsync(_many.RoomId, new PageRequest(Limit: 50), _stop.Token));
                    break;
                default:
                    await QuietlyAsync(_connection.ReconnectAsync("somebody went through a tunnel"));
                    break;
            }
        }
    }

    private static async Task QuietlyAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (ChatException)
        {
            // A person would not even notice.
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
