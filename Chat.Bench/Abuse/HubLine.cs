using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Bench.History;
using Chat.Contracts;

namespace Chat.Bench.Abuse;

/// <summary>
/// A hub connection (JSON over a WebSocket, without negotiation) that is cheap to read: it only counts bytes and
/// answers. It sends up to <see cref="UnderWay"/> calls without waiting for their answers.
/// </summary>
internal sealed class HubLine : IAsyncDisposable
{
    private const byte Terminator = 0x1e;
    private const int UnderWay = 64;

    private static readonly byte[] s_answer = "{\"type\":3"u8.ToArray();
    private static readonly byte[] s_ping = [.. "{\"type\":6}"u8, Terminator];

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _room = new(UnderWay);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _over = new();
    private Task _reading = Task.CompletedTask;
    private long _bytes, _answers;
    private int _matched;
    private int _calls;

    /// <summary>Bytes received so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Calls that were answered or refused.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>
    /// Connects. Without <paramref name="reads"/> it never reads, so the server's answers stay unread.
    /// </summary>
    public static async Task<HubLine> ConnectAsync(Person person, CancellationToken ct, bool reads = true)
    {
        var line = new HubLine();
        try
        {
            var address = new UriBuilder(new Uri(person.Server,
                $"{Wire.HubPath}?access_token={Uri.EscapeDataString(person.Token)}")) { Scheme = "ws" }.Uri;
            await line._socket.ConnectAsync(address, ct);
            await line.SendTextAsync("""{"protocol":"json","version":1}""", ct);
            if (reads)
                line._reading = Task.Run(line.ReadAsync, CancellationToken.None);
            return line;
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects and syncs.</summary>
    public static async Task<HubLine> SyncedAsync(Person person, CancellationToken ct)
    {
        var line = await ConnectAsync(person, ct);
        await line.CallAsync("Sync", ct, new SyncRequest());
        await line.AnsweredAsync(1, ct);
        return line;
    }

    /// <summary>Sends a call as soon as fewer than <see cref="UnderWay"/> calls wait for their answers.</summary>
    public async Task CallAsync(string target, CancellationToken ct, params object?[] arguments)
    {
        await _room.WaitAsync(ct);
        await SendTextAsync(JsonSerializer.Serialize(new { type = 1, invocationId = $"{++_calls}", target, arguments },
            ChatJson.Options), ct);
    }

    /// <summary>Sends any text as one hub message, well-formed or not.</summary>
    public Task SendTextAsync(string text, CancellationToken ct) =>
        SendAsync([.. Encoding.UTF8.GetBytes(text), Terminator], ct);

    /// <summary>Sends a ping, as the protocol asks of clients.</summary>
    public Task PingAsync(CancellationToken ct) => SendAsync(s_ping, ct);

    /// <summary>Waits until the server has answered this many calls in all.</summary>
    public async Task AnsweredAsync(long answers, CancellationToken ct)
    {
        while (Answers < answers)
        {
            if (_reading.IsCompleted)
                throw new WebSocketException("The connection has ended.");
            await Task.Delay(2, ct);
        }
    }

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _over.Dispose();
    }

    private async Task SendAsync(byte[] message, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer.AsMemory(), _over.Token);
                if (read.MessageType == WebSocketMessageType.Close)
                    break;
                Interlocked.Add(ref _bytes, read.Count);
                Count(buffer.AsSpan(0, read.Count));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side has closed the connection.
        }
        await _over.CancelAsync();
    }

    /// <summary>Looks at the beginning of each message only.</summary>
    private void Count(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            while (_matched >= 0 && _matched < s_answer.Length && !bytes.IsEmpty)
            {
                _matched = bytes[0] == s_answer[_matched] ? _matched + 1 : -1;
                if (_matched >= 0)
                    bytes = bytes[1..];
            }
            var end = bytes.IndexOf(Terminator);
            if (end < 0)
                return;
            if (_matched == s_answer.Length)
            {
                Interlocked.Increment(ref _answers);
                if (_room.CurrentCount < UnderWay)
                    _room.Release();
            }
            _matched = 0;
            bytes = bytes[(end + 1)..];
        }
    }
}
