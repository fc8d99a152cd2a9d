using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Tests.Support.Proxy;

/// <summary>The proxy does the harm that it says it does, shown on a server that sends everything back.</summary>
public sealed class ProxyTests : IAsyncDisposable
{
    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly FaultProxy _proxy;

    public ProxyTests()
    {
        _echo.Start();
        _proxy = new FaultProxy(new Uri($"http://127.0.0.1:{((IPEndPoint)_echo.LocalEndpoint).Port}"), seed: 1);
        _ = EchoAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_passes_everything_until_told_otherwise()
    {
        using var client = await ConnectAsync();
        Assert.Equal("hello", await SayAsync(client, "hello"));
        Assert.Equal(0, _proxy.Counts.LostBytes);
    }

    [Fact]
    public async Task It_refuses()
    {
        _proxy.Do(_ => new Refuse());
        // The reset may already be there when connecting ends.
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync();
            await SayAsync(client, "hello");
        });
    }

    [Fact]
    public async Task It_cuts_after_exactly_its_bytes()
    {
        _proxy.Do(random => new CutAfterBytes(random, 7, 7));
        using var client = await ConnectAsync();
        Assert.Equal("abc", await SayAsync(client, "abc"));   // 3 up and 3 down
        await Assert.ThrowsAnyAsync<SocketException>(() => SayAsync(client, "def"));
        Assert.Equal((1, 1), (_proxy.Counts.Cuts, _proxy.Counts.CutsInTraffic));
    }

    [Fact]
    public async Task It_cuts_all_that_is_open()
    {
        using var client = await ConnectAsync();
        await SayAsync(client, "hello");
        Assert.Equal(1, _proxy.CutAll());
        await Assert.ThrowsAnyAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], Ct));
    }

    [Theory]
    [InlineData(Direction.Up)]
    [InlineData(Direction.Down)]
    public async Task It_swallows_one_way_and_stays_open(Direction direction)
    {
        _proxy.Do(random => new Swallow(random, direction, afterAtMost: 0));
        using var client = await ConnectAsync();
        await client.SendAsync("hello"u8.ToArray(), Ct);
        await Eventually.TrueAsync(() => _proxy.Counts.LostBytes == 5, TimeSpan.FromSeconds(30), Ct);
        Assert.Equal((1, 0, 0), (_proxy.Open, _proxy.Counts.Cuts, client.Available));
    }

    [Fact]
    public async Task It_throttles_and_stalls_without_losing_a_byte()
    {
        _proxy.Do(random => new Both(new Throttle(10_000), new Stall(random, 0, TimeSpan.FromSeconds(0.2))));
        using var client = await ConnectAsync();
        var started = Stopwatch.GetTimestamp();
        var text = new string('x', 3000);
        Assert.Equal(text, await SayAsync(client, text));
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(0.3), "it was slowed down");
    }

    [Fact]
    public async Task It_takes_the_upgrade_out_of_a_request()
    {
        _proxy.Do(_ => new StripUpgrade());
        using var client = await ConnectAsync();
        var request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes(request), Ct);
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Version: 13\r\n\r\n", await ReceiveAsync(client, 54));
    }

    [Fact]
    public async Task It_swallows_what_follows_a_switch_of_protocols_and_nothing_else()
    {
        _proxy.Do(_ => new SwallowWebSocketFrames());
        using var client = await ConnectAsync();
        Assert.Equal("before", await SayAsync(client, "before"));
        await client.SendAsync("HTTP/1.1 101 Switching Protocols\r\n\r\nframe"u8.ToArray(), Ct);
        Assert.EndsWith("\r\n\r\n", await ReceiveAsync(client, 36), StringComparison.Ordinal);
        await client.SendAsync("frame"u8.ToArray(), Ct);
        await Eventually.TrueAsync(() => _proxy.Counts.LostBytes == 10, TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task It_holds_back_event_streams_and_passes_other_answers()
    {
        _proxy.Do(_ => new BufferEventStream());
        using var client = await ConnectAsync();
        const string other = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
        Assert.Equal(other, await SayAsync(client, other));
        await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"u8.ToArray(), Ct);
        await Eventually.TrueAsync(() => _proxy.Counts.LostBytes > 0, TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(0, client.Available);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _echo.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _proxy.Uri.Port), Ct);
        return socket;
    }

    private static async Task<string> SayAsync(Socket client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text), Ct);
        return await ReceiveAsync(client, text.Length);
    }

    private static async Task<string> ReceiveAsync(Socket client, int length)
    {
        var buffer = new byte[length];
        var got = 0;
        while (got < length && await client.ReceiveAsync(buffer.AsMemory(got), Ct) is > 0 and var read)
            got += read;
        return Encoding.ASCII.GetString(buffer, 0, got);
    }

    private async Task EchoAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _echo.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                await stream.CopyToAsync(stream);
            }
            catch (IOException)
            {
                // Cut, as it should be.
            }
            catch (Exception e) when (e is InvalidOperationException or SocketException) // closed or stopped
            {
                return;
            }
        }
    }
}
