using System.Net;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Transports;

/// <summary>An answer over HTTP, as it came.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, string? ContentType, TimeSpan? RetryAfter, Uri? Location)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The body as the contract has it.</summary>
    public T As<T>(HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(Status == status, $"{Status}: {Text}");
        return JsonSerializer.Deserialize<T>(Text, ChatJson.Options)!;
    }

    /// <summary>Must be a refusal: a problem document (RFC 9457) with this status and this code; its text.</summary>
    public string Refuses(HttpStatusCode status, string code)
    {
        Assert.True(Status == status, $"{Status}: {Text}");
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal(code, Json.GetProperty("code").GetString());
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.Equal("about:blank", Json.GetProperty("type").GetString());
        Assert.NotEqual("", Json.GetProperty("title").GetString());
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return Json.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
    }
}

/// <summary>The HTTP interface as one person, or as nobody.</summary>
internal sealed class Api(Uri server, Person? person) : IDisposable
{
    private readonly HttpClient _http = person?.Http() ?? new HttpClient { BaseAddress = server };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PutAsync(string path, object? body = null) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> PostAsync(string path, object? body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        // A server that refuses a large body does not read it first: ask before sending it.
        request.Headers.ExpectContinue = body is NewMessage { Body.Length: > Limits.HubMessageBytes };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body switch
            {
                byte[] bytes => bytes,
                string text => Encoding.UTF8.GetBytes(text),
                _ => JsonSerializer.SerializeToUtf8Bytes(body, ChatJson.Options),
            });
            request.Content.Headers.ContentType = new(mediaType);
        }
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(
            answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Content.Headers.ContentType?.MediaType,
            answer.Headers.RetryAfter?.Delta, answer.Headers.Location);
    }

    public void Dispose() => _http.Dispose();
}
