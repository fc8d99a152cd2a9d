using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Chat.Tests.Support.Raw;

/// <summary>The opening of a WebSocket over a bare socket, for clients that are broken, slow or malicious afterwards.</summary>
internal static class RawUpgrade
{
    /// <summary>Connects and asks; the connection, and the head of the answer.</summary>
    /// <param name="server">The server, or a proxy.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="receiveBuffer">Bytes that the system may hold for this client: the fewer, the sooner the server feels that it does not read.</param>
    /// <param name="headers">More lines of the request.</param>
    public static async Task<(Socket Socket, Stream Stream, string Head)> AskAsync(
        Uri server, string path, CancellationToken ct, int receiveBuffer = 4096, params string[] headers)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        string[] upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {key}"];
        return await GetAsync(server, path, ct, receiveBuffer, [.. upgrade, .. headers]);
    }

    /// <summary>A plain request: the connection, and the head of the answer; the body is still to be read.</summary>
    public static async Task<(Socket Socket, Stream Stream, string Head)> GetAsync(
        Uri server, string path, CancellationToken ct, int receiveBuffer = 4096, params string[] headers)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = receiveBuffer, NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), ct);
        var stream = new NetworkStream(socket, ownsSocket: true);
        var request = string.Join("\r\n", [$"GET {path} HTTP/1.1", $"Host: {server.Authority}", .. headers, "", ""]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), ct);
        return (socket, stream, await ReadHeadAsync(stream, ct));
    }

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken ct)
    {
        // Byte by byte: what stands behind the head belongs to somebody else.
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, ct) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
