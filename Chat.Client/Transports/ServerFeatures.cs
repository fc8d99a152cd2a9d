using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Transports;

/// <summary>
/// Asks a server for its <see cref="Features"/> before the first Sync, because a client sends nothing that belongs to a
/// feature that is not listed.
/// </summary>
internal static class ServerFeatures
{
    /// <summary>
    /// The features that the server lists. An older server lists none, and neither does a proxy that passes the hub
    /// alone. Throws as the negotiation does.
    /// </summary>
    public static async Task<IReadOnlyList<string>> AskAsync(ChatOptions options, CancellationToken ct)
    {
        var inner = options.Trust.NewHandler(options.Server);
        var own = new OwnServerHandler(
            options.HttpHandler?.Invoke(inner) ?? inner, options.Server, ServerAnswers.MostAccountBytes);
        using var http = new HttpClient(own) { Timeout = options.CallTimeout };
        var root = options.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        using var answer = await http.GetAsync(new Uri(root + ServerInfo.Path), ct);
        // A server that asks for patience is worth asking again.
        if ((int)answer.StatusCode is >= 400 and < 500
            && answer.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests))
            return [];
        answer.EnsureSuccessStatusCode();
        try
        {
            return (await answer.Content.ReadFromJsonAsync<ServerInfo>(ChatJson.Options, ct))?.Features ?? [];
        }
        catch (JsonException e)
        {
            throw new ChatException(ErrorCodes.Unavailable, "The answer is not one of a chat server.", e);
        }
    }
}
