using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Bench.Processes;

/// <summary>A Redis of its own on a loopback port, which keeps nothing. Needs <c>redis-server</c> in the path.</summary>
/// <param name="folder">Where it runs; its log is there, too.</param>
public sealed class RedisProcess(string folder) : ChildProcess(new ProcessLog(Path.Combine(folder, "redis.log")))
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);

    /// <summary>Where it listens, in all its lives.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>Starts it, again too, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await BeginAsync(new ProcessStartInfo("redis-server",
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        { WorkingDirectory = folder });
        await Eventually.TrueAsync(AnswersAsync, s_startLimit, ct, "Redis answers");
    }

    /// <summary>Sends one command, words without spaces, and returns the first line of the answer; throws <see cref="SocketException"/> if there is none.</summary>
    public async Task<string> CommandAsync(string command, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), ct);
        await socket.SendAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);
        var answer = new byte[256];
        return Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer, ct)).Split("\r\n")[0];
    }

    private async ValueTask<bool> AnswersAsync()
    {
        ThrowIfEnded();
        try
        {
            return await CommandAsync("PING", CancellationToken.None) == "+PONG";
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
