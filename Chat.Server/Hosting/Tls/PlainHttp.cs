using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Chat.Server.Hosting.Tls;

/// <summary>
/// Answers who speaks plain HTTP to a server with TLS, on whichever port: a visitor is sent on to https, everything else is told so and not done, since
/// what it carried has been seen on the way already. TLS passes through.
/// </summary>
internal sealed class PlainHttp(ConnectionDelegate next, IServer server)
{
    private const int MostBytes = 8 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (await IsTlsAsync(connection))
            await next(connection);
    }

    /// <summary>Looks at the first byte and leaves it there. False: there was none, or it began a request, which is answered.</summary>
    private async Task<bool> IsTlsAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        late.CancelAfter(s_patience);
        try
        {
            var first = await input.ReadAsync(late.Token);
            var (none, plain) = (first.Buffer.IsEmpty, !first.Buffer.IsEmpty && char.IsAsciiLetterUpper((char)first.Buffer.FirstSpan[0]));
            input.AdvanceTo(first.Buffer.Start);
            if (plain)
            {
                var answer = Answer(await HeadAsync(connection, late.Token), (connection.LocalEndPoint as IPEndPoint)?.Port);
                await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(answer), late.Token);
            }
            return !none && !plain;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException or ConnectionResetException)
        {
            return false;
        }
    }

    private static async Task<string> HeadAsync(ConnectionContext connection, CancellationToken late)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(late);
            var head = Encoding.ASCII.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MostBytes)));
            var whole = head.Contains("\r\n\r\n", StringComparison.Ordinal) || read.Buffer.Length >= MostBytes || read.IsCompleted;
            input.AdvanceTo(whole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (whole)
                return head;
        }
    }

    private string Answer(string head, int? port)
    {
        const string Says = "This port speaks https only.\n";
        var location = Location(head, port);
        var status = location is null ? "400 Bad Request" : $"308 Permanent Redirect\r\nLocation: {location}";
        return $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {Says.Length}\r\nConnection: close\r\n\r\n{Says}";
    }

    private string? Location(string head, int? port)
    {
        var lines = head.Split("\r\n");
        var host = lines.Skip(1).FirstOrDefault(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase))?["Host:".Length..].Trim();
        if (lines[0].Split(' ') is not ["GET" or "HEAD", ['/', ..] target, _] || string.IsNullOrEmpty(host))
            return null;
        var secure = (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse).Where(a => a.Scheme == Uri.UriSchemeHttps).ToList();
        var to = secure.Exists(a => a.Port == port) ? port : secure.FirstOrDefault()?.Port;
        return Uri.TryCreate($"https://{host}", UriKind.Absolute, out var uri) && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" } && to is { } known
            && Uri.TryCreate($"https://{(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}:{known}{target}", UriKind.Absolute, out var location)
            ? location.AbsoluteUri
            : null;
    }
}
