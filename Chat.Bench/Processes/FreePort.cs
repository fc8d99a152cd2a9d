using System.Net;
using System.Net.Sockets;

namespace Chat.Bench.Processes;

/// <summary>
/// Loopback ports for servers that must come back on the same port. They lie below the range from which the system takes ports for
/// outgoing connections, so that no client can sit on one while its server is down.
/// </summary>
public static class FreePort
{
    /// <summary>A port on which nothing listens at this moment, from 15,000 to 31,999.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // Somebody has it: another.
            }
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
