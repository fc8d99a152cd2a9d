using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Chat.Server.Hosting;

/// <summary>
/// <c>/openapi/v1.json</c>. Anybody may ask for it, and making it takes as long as many other requests: it is made for
/// the first one, and kept. Thread-safe.
/// </summary>
internal sealed class ApiDescription([FromKeyedServices(ApiDescription.Document)] IOpenApiDocumentProvider documents)
{
    private const string Document = "v1";

    private readonly Lock _gate = new();
    private Task<Made>? _made;

    /// <summary>Answers a GET or HEAD; 304 if the client has it already.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var (bytes, tag) = await GetAsync().WaitAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-cache";
        await TypedResults.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag).ExecuteAsync(context);
    }

    private Task<Made> GetAsync()
    {
        lock (_gate)
        {
            // It never fails for a reason that passes, but if it did, the next request would try again.
            if (_made is not { IsFaulted: false })
                _made = MakeAsync();
            return _made;
        }
    }

    /// <summary>For no request in particular: the addresses in it are relative to wherever it was asked for.</summary>
    private async Task<Made> MakeAsync()
    {
        var document = await documents.GetOpenApiDocumentAsync();
        document.Servers = [];
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        var bytes = json.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 10));
        return new Made(bytes, new EntityTagHeaderValue($"\"{hash}\""));
    }

    private sealed record Made(byte[] Bytes, EntityTagHeaderValue Tag);
}
