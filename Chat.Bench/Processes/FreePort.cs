using System.Net;
using System.Net.Sockets;

namespace Chat.Bench.Processes;

/// <summary>
/// Loopback ports for servers that must come back on the same port. They lie below the range from which the system takes ports for
/// outgoing connections, so that no client can sit on one while its server is down. A port is reserved until the
/// process that asked for it ends: no other call gets it, in this process or in another one of the same user, whether
/// or not its server is up. Thread-safe.
/// </summary>
public static class FreePort
{
    private const int First = 15_000, End = 32_000;

    /// <summary>
    /// A lock on a file reserves its port: the system releases the lock when the process ends, however it ends.
    /// </summary>
    private static readonly List<FileStream> s_reserved = [];

    private static readonly string s_folder = Path.Combine(Path.GetTempPath(), $"chat-ports-{Environment.UserName}");

    /// <summary>
    /// A port from 15,000 to 31,999 on which nothing listens at this moment and which nobody has reserved.
    /// </summary>
    /// <exception cref="InvalidOperationException">All of them are in use.</exception>
    public static int Find()
    {
        Directory.CreateDirectory(s_folder);
        var start = Random.Shared.Next(First, End);
        for (var tried = 0; tried < End - First; tried++)
        {
            var port = First + ((start - First + tried) % (End - First));
            if (TryReserve(port) is not { } reservation)
                continue;
            if (!IsFree(port))
            {
                reservation.Dispose();
                continue;
            }
            lock (s_reserved)
                s_reserved.Add(reservation);
            return port;
        }
        throw new InvalidOperationException($"All ports from {First} to {End - 1} are in use.");
    }

    private static FileStream? TryReserve(int port)
    {
        try
        {
            return new FileStream(Path.Combine(s_folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
        }
        catch (IOException)
        {
            return null; // reserved
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    /// <summary>Whether somebody listens there now.</summary>
    public static async ValueTask<bool> IsTakenAsync(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
