using System.Net.Http.Headers;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>What the proxies make of a request, as the server sees it arrive.</summary>
internal sealed class MirrorCheck : Check
{
    public override string Title => "request";

    public override async Task<IReadOnlyList<Finding>> RunAsync(Patient patient, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(SeenRequest.Path, UriKind.Relative));
        // Asks for a WebSocket as far as proxies are concerned, without the key that would make it one.
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        using var answer = await patient.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType != "application/json")
            return [Skipped($"this server does not say how requests arrive ({(int)answer.StatusCode})")];
        var text = await patient.WithinAsync(answer.Content.ReadAsStringAsync, ct);
        return Judge(patient.Server, JsonSerializer.Deserialize<SeenRequest>(text, ChatJson.Options)!);
    }

    private List<Finding> Judge(Uri server, SeenRequest seen)
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

    private static bool IsSameHost(Uri server, SeenRequest seen) =>
        Uri.TryCreate($"{server.Scheme}://{seen.Host}", UriKind.Absolute, out var host) && host.IdnHost == server.IdnHost && host.Port == server.Port;
}
