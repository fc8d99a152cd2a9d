using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Bench.Proxy;

/// <summary>One connection through the proxy: two sockets and a fault between them.</summary>
internal sealed class ProxiedConnection(Socket client, Fault fault, ProxyCounts counts) : IDisposable
{
    private static readonly TimeSpan Traffic = TimeSpan.FromSeconds(1);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _end = new();
    private long _lastBytes;
    private int _cut;

    /// <summary>What becomes of it.</summary>
    public Fault Fault => fault;

    /// <summary>Resets both ends: what is on the way is lost.</summary>
    public void Cut()
    {
        if (Interlocked.Exchange(ref _cut, 1) == 1)
            return;
        var last = Interlocked.Read(ref _lastBytes);
        counts.Cut(inTraffic: last != 0 && Stopwatch.GetElapsedTime(last) < Traffic);
        _end.Cancel();
    }

    public async Task RunAsync(EndPoint to, CancellationToken stop)
    {
        using var link = CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token);
        try
        {
            client.NoDelay = true;
            if (!fault.Accepts)
            {
                Cut();
                return;
            }
            await _server.ConnectAsync(to, link.Token);
            await Task.WhenAll(
                PumpAsync(Direction.Up, client, _server, link),
                PumpAsync(Direction.Down, _server, client, link));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is down, or somebody hung up: the other end learns of it below.
            Volatile.Write(ref _cut, 1);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        Close(client);
        Close(_server);
    }

    private async Task PumpAsync(Direction direction, Socket from, Socket to, CancellationTokenSource link)
    {
        var buffer = new byte[16 * 1024];
        var outlet = new Outlet(to);
        try
        {
            while (await from.ReceiveAsync(buffer, link.Token) is > 0 and var read)
            {
                Interlocked.Exchange(ref _lastBytes, Stopwatch.GetTimestamp());
                outlet.Written = 0;
                await fault.PassAsync(direction, buffer.AsMemory(0, read), outlet, link.Token);
                counts.Lost(Math.Max(0, read - outlet.Written));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (CutException)
        {
            Cut();
        }
        catch
        {
            await link.CancelAsync();
            throw;
        }
    }

    private void Close(Socket socket)
    {
        try
        {
            if (Volatile.Read(ref _cut) == 1)
                socket.LingerState = new LingerOption(true, 0);   // Closing now sends a reset.
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
        socket.Dispose();
    }

    private sealed class Outlet(Socket to) : IOutlet
    {
        public long Written { get; set; }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            Written += bytes.Length;
            while (!bytes.IsEmpty)
                bytes = bytes[await to.SendAsync(bytes, ct)..];
        }
    }
}
