using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>A connection to each address, of the proxy if there is one.</summary>
internal sealed class TcpCheck : Check
{
    public override string Title => "TCP";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var to = way.Proxy ?? way.Server;
        var addresses = IPAddress.TryParse(to.DnsSafeHost, out var one) ? [one]
            : await way.WithinAsync(token => Dns.GetHostAddressesAsync(to.DnsSafeHost, token), ct);
        var tries = await Task.WhenAll(addresses.Distinct().Select(address => ConnectAsync(way, new IPEndPoint(address, to.Port), ct)));
        var whose = way.Proxy is null ? "" : "the proxy, ";
        // On one's own machine a server often listens on one of the two only, and who is refused at once loses no time.
        if (tries.Any(t => t.Took is not null) && tries.All(t => t.Took is not null || IPAddress.IsLoopback(t.End.Address)))
            return [Ok($"{whose}{string.Join(", ", tries.Select(Say))}")];
        return [.. tries.Select(t => t.Took is not null ? Ok(whose + Say(t)) : tries.Any(other => other.Took is not null)
            ? Warn($"{whose}{Say(t)}; clients that try it first lose time", Faults.PortClosed)
            : Fail(whose + Say(t), Faults.PortClosed))];
    }

    private static async Task<Try> ConnectAsync(Way way, IPEndPoint end, CancellationToken ct)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var begin = Stopwatch.GetTimestamp();
        try
        {
            await way.WithinAsync(async token =>
            {
                await socket.ConnectAsync(end, token);
                return true;
            }, ct);
            return new Try(end, Stopwatch.GetElapsedTime(begin), "");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return new Try(end, null, e.Message);
        }
    }

    private static string Say(Try t) =>
        t.Took is { } took ? string.Create(CultureInfo.InvariantCulture, $"{t.End} in {took.TotalMilliseconds:0.#} ms") : $"{t.End}: {t.Why}";

    private sealed record Try(IPEndPoint End, TimeSpan? Took, string Why);
}
