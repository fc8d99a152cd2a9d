using System.Threading.Channels;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Tests.Client.Fakes;

/// <summary>One connection's delivery: nothing of the earlier one follows a Sync answer, nothing of the new one precedes it.</summary>
internal sealed class FakeSession(FakeServer server, IClientProxy client, Action abort) : IAsyncDisposable
{
    private CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;
    private Channel<bool> _wake = NewWake();

    public long Delivered { get; private set; }

    public Action Abort => abort;

    public void Wake() => _wake.Writer.TryWrite(true);

    public Task CheckpointAsync(long? count = null) => client.SendAsync(nameof(IChatClient.Checkpoint), count ?? Delivered);

    public Task TellAsync(string method, params object?[] arguments) => client.SendCoreAsync(method, arguments);

    public async Task<SyncAnswer> SyncAsync(IReadOnlyDictionary<string, long> cursors)
    {
        await StopAsync();
        (_stop, _wake, Delivered) = (new CancellationTokenSource(), NewWake(), 0);
        Dictionary<string, long> sent;
        SyncAnswer answer;
        lock (server.Rooms)
        {
            var mine = server.Rooms.Values.Where(r => r.Mine).ToList();
            sent = mine.ToDictionary(r => r.Id, r => cursors.TryGetValue(r.Id, out var c) ? c : r.Log.Count);
            answer = new SyncAnswer(FakeServer.Me, [.. mine.Select(r => r.View())]);
        }

        var written = AnswerWatch.Written(answer);
        _pump = PumpAsync(sent, written, _stop.Token);
        Wake();
        return answer;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _pump;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task PumpAsync(Dictionary<string, long> sent, Task written, CancellationToken stop)
    {
        try
        {
            await written.WaitAsync(stop);
            while (await _wake.Reader.ReadAsync(stop))
                foreach (var e in Due(sent))
                {
                    stop.ThrowIfCancellationRequested();
                    await PushAsync(sent, e);
                }
        }
        catch (OperationCanceledException)
        {
            // Another Sync, or the end.
        }
    }

    private async Task PushAsync(Dictionary<string, long> sent, ChatEvent e)
    {
        if (sent[e.RoomId] >= e.Seq)
            return;
        var far = Head(e.RoomId);
        if (far - sent[e.RoomId] > server.SkipBeyond)
        {
            await client.SendAsync(nameof(IChatClient.Skipped), e.RoomId, sent[e.RoomId] + 1, far);
            sent[e.RoomId] = far;
            return;
        }

        sent[e.RoomId] = e.Seq;
        Delivered++;
        foreach (var out_ in server.Tamper(e))
            await client.SendAsync(nameof(IChatClient.Event), out_);
    }

    private long Head(string roomId)
    {
        lock (server.Rooms)
            return server.Rooms[roomId].Log.Count;
    }

    private List<ChatEvent> Due(Dictionary<string, long> sent)
    {
        lock (server.Rooms)
            return [.. server.Rooms.Values.Where(r => r.Mine).SelectMany(r => r.Log.Skip((int)sent.GetValueOrAdd(r.Id, Math.Max(0, r.Joined - 1))))];
    }

    private static Channel<bool> NewWake() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}

internal static class Dictionaries
{
    public static long GetValueOrAdd(this Dictionary<string, long> all, string key, long value) =>
        all.TryGetValue(key, out var known) ? known : all[key] = value;
}
