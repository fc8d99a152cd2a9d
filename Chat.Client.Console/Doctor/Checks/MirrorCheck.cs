using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>What the proxies make of a request, as the server sees it arrive.</summary>
internal sealed class MirrorCheck : Check
{
    public override string Title => "request";

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ArrivedRequest.Path, UriKind.Relative));
        // As one that asks for a WebSocket, whole, or HAProxy would refuse it; that it is answered in the ordinary way is the server's right.
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        using var answer = await way.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType != "application/json")
            return [Skipped($"this server does not say how requests arrive ({(int)answer.StatusCode})")];
        var text = await way.WithinAsync(answer.Content.ReadAsStringAsync, ct);
        return Judge(way.Server, JsonSerializer.Deserialize<ArrivedRequest>(text, ChatJson.Options)!);
    }

    private List<Finding> Judge(Uri server, ArrivedRequest seen)
    {
        var faults = new List<Finding>();
        if (seen.Protocol is "HTTP/1.0")
            faults.Add(Warn("the proxy speaks HTTP/1.0 to the server", Faults.Http10));
        if (!IsSameHost(server, seen))
            faults.Add(Warn($"the server is told the host {seen.Host}, not {server.Authority}", Faults.WrongHost));
        if (seen.Scheme != server.Scheme)
            faults.Add(Warn($"the server is told {seen.Scheme}, not {server.Scheme}", Faults.WrongScheme));
        if (seen.Upgrade is null)
            faults.Add(Warn("Upgrade: websocket does not reach the server", Faults.UpgradeStripped));
        return faults is [] ? [Ok($"arrives as it was sent, by {seen.Protocol}{(seen.Via is null ? "" : $" via {seen.Via}")}")] : faults;
    }

    private static bool IsSameHost(Uri server, ArrivedRequest seen) =>
        Uri.TryCreate($"{server.Scheme}://{seen.Host}", UriKind.Absolute, out var host) && host.IdnHost == server.IdnHost && host.Port == server.Port;
}
