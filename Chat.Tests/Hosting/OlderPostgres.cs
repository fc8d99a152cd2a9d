using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Tests.Hosting;

/// <summary>Passes on everything between a client and a real PostgreSQL, but for the version that the server says it has.</summary>
internal sealed class OlderPostgres : IAsyncDisposable
{
    private static readonly byte[] Parameter = Encoding.ASCII.GetBytes("server_version\0");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    /// <param name="port">The real one's.</param>
    /// <param name="version">What its version begins with.</param>
    public OlderPostgres(int port, string version)
    {
        _listener.Start();
        _serving = ServeAsync(port, Encoding.ASCII.GetBytes(version));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync(int port, byte[] version)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, port);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream(), version));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
            // Stopped.
        }
    }

    private static async Task AnswerAsync(NetworkStream from, NetworkStream to, byte[] version)
    {
        var buffer = new byte[65_536];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            var at = buffer.AsSpan(0, count).IndexOf(Parameter);
            if (at >= 0)
                version.CopyTo(buffer, at + Parameter.Length);
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
