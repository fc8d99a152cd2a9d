using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Server.Cluster;

/// <summary>
/// Names the node inside of a connection's token, <c>NODE~TOKEN</c>, which clients send back as <c>id</c> with each
/// request. Unlike <see cref="HubRedirect"/> it needs no address, so it works even if the server does not know whether
/// the client came by https.
/// </summary>
internal static class HubToken
{
    private const char Separator = '~'; // in no token of SignalR's (base64url), and no query has to escape it

    private const string Id = "id";

    /// <summary>
    /// Turns <c>id=NODE~TOKEN</c> into the form that SignalR and the other nodes understand:
    /// <c>id=TOKEN&amp;node=NODE</c>.
    /// </summary>
    public static void Unwrap(HttpRequest request)
    {
        if (request.Query[Id] is not [{ } id]
            || id.IndexOf(Separator, StringComparison.Ordinal) is not (> 0 and var at))
            return;
        var rest = request.Query.Where(q => !Is(q.Key, Id) && !Is(q.Key, HubRedirect.Node));
        request.QueryString = QueryString.Create([.. rest, new(Id, id[(at + 1)..]), new(HubRedirect.Node, id[..at])]);
    }

    /// <summary>Lets a node answer a negotiation, and puts its name into the answer.</summary>
    public static async Task WrapAsync(HttpContext context, string node, Func<Task> negotiate)
    {
        var (response, body) = (context.Response, context.Response.Body);
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await negotiate();
        }
        finally
        {
            response.Body = body;
        }
        if (answer.Length == 0)
            return;
        var bytes = response.StatusCode == StatusCodes.Status200OK ? Named(answer.ToArray(), node) : answer.ToArray();
        response.ContentLength = bytes.Length;
        await body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Clients of negotiation version 0 know no token: they send the connection's id.</summary>
    private static byte[] Named(byte[] answer, string node)
    {
        if (JsonNode.Parse(answer) is not JsonObject negotiation)
            return answer;
        var field = negotiation.ContainsKey("connectionToken") ? "connectionToken" : "connectionId";
        if (negotiation[field]?.GetValue<string>() is not { } token)
            return answer;
        negotiation[field] = $"{node}{Separator}{token}";
        return JsonSerializer.SerializeToUtf8Bytes(negotiation);
    }

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
