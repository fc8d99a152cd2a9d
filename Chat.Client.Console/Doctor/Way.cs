using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor;

/// <summary>
/// The way to one server as it is known so far, and the means to ask along it. Checks write here what later ones build upon. One check at a time
/// writes; asking is thread-safe.
/// </summary>
internal sealed class Way : IDisposable
{
    private readonly HttpClient _http;
    private int _count;

    public Way(DoctorOptions options)
    {
        Options = options;
        _http = NewClient(NewHandler());
    }

    /// <summary>What was asked for.</summary>
    public DoctorOptions Options { get; }

    /// <summary>The server's root.</summary>
    public Uri Server => Options.Server;

    /// <summary>The proxy of the environment that requests go to; null if they go straight.</summary>
    public Uri? Proxy { get; set; }

    /// <summary>What the answers said of who is on the way, as in <c>Server</c> and <c>Via</c>.</summary>
    public SortedSet<string> OnTheWay { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The access token to try with; never shown.</summary>
    public string? Token { get; set; }

    /// <summary>Whether the account was made for this and is signed out afterwards.</summary>
    public bool IsGuest { get; set; }

    /// <summary>The room that the test messages go to.</summary>
    public Room? Room { get; set; }

    /// <summary>Marks everything that this run sends.</summary>
    public string Run { get; } = RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>A message that nobody takes for a person's, and whose mark is found again in whatever brings it.</summary>
    public NewMessage NewMessage(string rest = "")
    {
        var mark = $"{Run}-{Interlocked.Increment(ref _count)}";
        return new NewMessage($"doctor-{mark}", $"chat doctor test message {mark}.{rest}");
    }

    /// <summary>The mark in the text of such a message.</summary>
    public static string MarkOf(NewMessage message) => message.ClientId!["doctor-".Length..];

    /// <summary>A handler that changes nothing by itself: no redirects, no decompression, as the transports of the clients have it.</summary>
    public SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = Options.Patience,
        SslOptions = { RemoteCertificateValidationCallback = Options.Trust.Check(Server.Host) },
        // A connection of its own for each that waits, without waiting for another.
        MaxConnectionsPerServer = 64,
    };

    /// <summary>Asks, and returns when the head of the answer is there. Throws <see cref="TimeoutException"/> when patience ends before.</summary>
    /// <param name="request">With a path below the server's root.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="wait">How long the server was asked to take over it; patience begins after that.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct, TimeSpan wait = default)
    {
        request.RequestUri = new Uri(Server, request.RequestUri!);
        if (Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var answer = await WithinAsync(token => AskAsync(request, token), ct, wait);
        Notice(answer);
        return answer;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (SocketException e)
        {
            // HttpClient lets it through if the connection is reset while it begins.
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }

    /// <summary>GET with everything that comes.</summary>
    public async Task<(HttpResponseMessage Head, string Body)> GetAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await ReadAsync(request, ct);
    }

    /// <summary>POST of JSON with everything that comes.</summary>
    public async Task<(HttpResponseMessage Head, string Body)> PostAsync<T>(string path, T body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = JsonContent.Create(body, options: ChatJson.Options);
        // With its length: a body in pieces is another thing to proxies.
        await request.Content.LoadIntoBufferAsync(ct);
        return await ReadAsync(request, ct);
    }

    /// <summary>Sends a test message over plain HTTP. Throws <see cref="HttpRequestException"/> if it is refused.</summary>
    public async Task<ChatEvent> SayAsync(NewMessage message, CancellationToken ct)
    {
        while (true)
        {
            var (head, body) = await PostAsync($"api/rooms/{Room!.Id}/messages", message, ct);
            using (head)
            {
                if (head.IsSuccessStatusCode)
                    return System.Text.Json.JsonSerializer.Deserialize<ChatEvent>(body, ChatJson.Options)!;
                if ((int)head.StatusCode != 429)
                    throw new HttpRequestException($"A message was answered with {(int)head.StatusCode} {head.ReasonPhrase}", null, head.StatusCode);
                await Task.Delay(head.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    /// <summary>Waits, but not longer than patience lasts; then throws <see cref="TimeoutException"/>.</summary>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct, TimeSpan wait = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Options.Patience + wait);
        try
        {
            return await call(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {Options.Patience.TotalSeconds:0.#} s"));
        }
    }

    /// <summary>Leaves the room, and ends the sign-in that was made for this.</summary>
    public async Task CleanUpAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (Room is not null)
                (await SendAsync(new HttpRequestMessage(HttpMethod.Delete, new Uri($"api/rooms/{Room.Id}/members/me", UriKind.Relative)), patience.Token)).Dispose();
            if (IsGuest)
                (await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri("api/account/logout", UriKind.Relative)), patience.Token)).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or OperationCanceledException or IOException)
        {
            // The way is bad; the sign-in ends by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>A client for such a handler, without a limit of its own.</summary>
    public HttpClient NewClient(HttpMessageHandler handler) =>
        new(new BoundedAnswers(handler, Server)) { BaseAddress = Server, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Notes who named themselves in an answer.</summary>
    public void Notice(HttpResponseMessage answer)
    {
        lock (OnTheWay)
        {
            foreach (var server in answer.Headers.Server)
                OnTheWay.Add(server.Product?.ToString() ?? "");
            foreach (var via in answer.Headers.Via)
                OnTheWay.Add(via.ReceivedBy + (via.Comment is { } comment ? $" {comment}" : ""));
            OnTheWay.Remove("");
        }
    }

    private async Task<(HttpResponseMessage Head, string Body)> ReadAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var head = await SendAsync(request, ct);
        return (head, await WithinAsync(head.Content.ReadAsStringAsync, ct));
    }
}
