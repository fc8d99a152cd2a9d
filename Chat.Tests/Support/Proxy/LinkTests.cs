using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Tests.Support.Proxy;

/// <summary>The weather on a link changes for connections that are open, and no network gives back what has lost bytes.</summary>
public sealed class LinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly Link _link = new("clients–echo");
    private readonly Link _other = new("others–echo");
    private readonly FaultProxy _proxy;
    private int _connections;

    public LinkTests()
    {
        _echo.Start();
        var server = _echo.LocalEndpoint;
        _proxy = new FaultProxy(_ => new Route(server, (_connections++ == 0 ? _link : _other).Connection()));
        _ = EchoAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_held_comes_later_and_whole()
    {
        using var client = await ConnectAsync();
        Assert.Equal("one", await SayAsync(client, "one"));
        var hold = new Hold(Direction.Down);
        _link.Begin(hold);
        var answer = SayAsync(client, "two");
        using var other = await ConnectAsync();
        Assert.Equal("aside", await SayAsync(other, "aside"));
        Assert.False(answer.IsCompleted);

        _link.End();
        hold.Release();
        Assert.Equal("two", await answer.WaitAsync(Limit, Ct));
        Assert.True(_link.Silence < Limit);
    }

    [Fact]
    public async Task A_connection_that_has_lost_bytes_is_cut_when_the_weather_is_fine_again_and_the_others_are_not()
    {
        using var client = await ConnectAsync();
        Assert.Equal("one", await SayAsync(client, "one"));
        using var other = await ConnectAsync();
        Assert.Equal("aside", await SayAsync(other, "aside"));
        _link.Begin(new Swallow(new Random(0), null, 0));
        await client.SendAsync("lost"u8.ToArray(), Ct);
        await Eventually.TrueAsync(() => _proxy.Counts.LostBytes > 0, Limit, Ct);

        _link.End();
        Assert.Equal(1, _proxy.Cut(_link.Spoiled));
        await Assert.ThrowsAnyAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], Ct));
        Assert.Equal("still here", await SayAsync(other, "still here"));
    }

    [Fact]
    public async Task Behind_a_hole_nothing_passes_any_more()
    {
        using var client = await ConnectAsync();
        Assert.Equal("one", await SayAsync(client, "one"));
        _link.Begin(new Swallow(new Random(0), Direction.Up, 0));
        await client.SendAsync("lost"u8.ToArray(), Ct);
        await Eventually.TrueAsync(() => _proxy.Counts.LostBytes > 0, Limit, Ct);

        _link.End();
        await Assert.ThrowsAnyAsync<SocketException>(() => SayAsync(client, "two"));
    }

    /// <inheritdoc/>
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
        var buffer = new byte[text.Length];
        var got = 0;
        while (got < buffer.Length && await client.ReceiveAsync(buffer.AsMemory(got), Ct) is > 0 and var read)
            got += read;
        return Encoding.ASCII.GetString(buffer, 0, got);
    }

    private async Task EchoAsync()
    {
        while (true)
        {
            try
            {
                var client = await _echo.AcceptTcpClientAsync();
                _ = SendBackAsync(client);
            }
            catch (Exception e) when (e is InvalidOperationException or SocketException) // closed or stopped
            {
                return;
            }
        }
    }

    private static async Task SendBackAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                await stream.CopyToAsync(stream);
            }
        }
        catch (IOException)
        {
            // Cut, as it should be.
        }
    }
}
