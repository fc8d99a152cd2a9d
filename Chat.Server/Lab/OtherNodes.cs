using System.Net.Sockets;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Cluster;

namespace Chat.Server.Lab;

/// <summary>A balancer gives each request to any node: what one person sent has been seen by several.</summary>
internal static class OtherNodes
{
    private const int MostAnswerBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks the other nodes the same as this one was asked, as the same person; null for each that did not answer. Nothing on a single node.</summary>
    public static async Task<IReadOnlyList<TapPart?>> ReadAsync(HttpContext http, CancellationToken cancellation)
    {
        if (http.RequestServices.GetService<NodeRegistry>() is not { } nodes)
            return [];
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(s_patience);
        return await Task.WhenAll(nodes.Others.Select(node => AskAsync(http, node, late.Token)).ToArray());
    }

    private static async Task<TapPart?> AskAsync(HttpContext http, Node node, CancellationToken cancellation)
    {
        try
        {
            var request = http.Request;
            using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(node.Url), request.Path + request.QueryString.Add("local", "true")));
            question.Headers.TryAddWithoutValidation("Authorization", request.Headers.Authorization.ToString());
            using var answer = await http.RequestServices.GetRequiredService<NodeHttp>().Invoker.SendAsync(question, cancellation);
            await answer.Content.LoadIntoBufferAsync(MostAnswerBytes, cancellation);
            var parts = answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<LabEndpoints.TapAnswer>(ChatJson.Options, cancellation)
                : null;
            return parts?.Parts is [var part, ..] ? part : null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or JsonException or IOException
            or OperationCanceledException)
        {
            return null;
        }
    }
}
