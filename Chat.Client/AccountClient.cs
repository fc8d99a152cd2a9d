using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Accounts over HTTP. Every call throws <see cref="ChatException"/>: with the server's code and <c>Retry-After</c>, or with <c>unavailable</c> if
/// nobody answered. Thread-safe.
/// </summary>
/// <param name="server">The server's root.</param>
/// <param name="handler">
/// Sends the requests; the caller disposes of it. It must not follow redirects, or passwords go along. Null for a
/// handler of the client's own.
/// </param>
/// <param name="trust">Which certificates count as the server's, for a handler of its own; null for those that the system trusts.</param>
public sealed class AccountClient(Uri server, HttpMessageHandler? handler = null, CertificateTrust? trust = null) : IDisposable
{
    private readonly HttpClient _http = new(handler ?? (trust ?? new CertificateTrust()).NewHandler(server), disposeHandler: handler is null)
    {
        BaseAddress = new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = ServerAnswers.MostAccountBytes,
    };

    /// <summary>A new guest: a name without a password.</summary>
    public Task<Session> GuestAsync(string name, CancellationToken ct = default) => SessionAsync("guest", new GuestRequest(name), ct);

    /// <summary>A new account with a password.</summary>
    public Task<Session> RegisterAsync(string name, string password, CancellationToken ct = default) =>
        SessionAsync("register", new PasswordRequest(name, password), ct);

    /// <summary>Signs in.</summary>
    public Task<Session> LoginAsync(string name, string password, CancellationToken ct = default) =>
        SessionAsync("login", new PasswordRequest(name, password), ct);

    /// <summary>
    /// Signs in from a device on which the account was signed in before. Strangers who guess passwords cannot lock such
    /// a device out.
    /// </summary>
    /// <param name="name">The name, in any case and width.</param>
    /// <param name="password">The password.</param>
    /// <param name="deviceToken">
    /// <see cref="Session.DeviceToken"/> of an earlier session, also of one that has ended; null if there is none.
    /// </param>
    /// <param name="ct">Gives up.</param>
    public Task<Session> LoginAsync(string name, string password, string? deviceToken,
        CancellationToken ct = default) =>
        SessionAsync("login", new PasswordRequest(name, password, deviceToken), ct);

    /// <summary>A new session for a refresh token, which may be good for one time only.</summary>
    public Task<Session> RefreshAsync(string refreshToken, CancellationToken ct = default) =>
        SessionAsync("refresh", new RefreshRequest(refreshToken), ct);

    /// <summary>Ends the session that this token belongs to.</summary>
    public async Task LogoutAsync(string accessToken, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/account/logout");
        using var response = await SendAsync(request, accessToken, ct);
    }

    /// <summary>Whose token this is.</summary>
    public async Task<User> WhoAmIAsync(string accessToken, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/account");
        using var response = await SendAsync(request, accessToken, ct);
        return (await ReadAsync<AccountAnswer>(response, ct)).User;
    }

    /// <summary>Makes sure that somebody is there whose certificate counts, whatever the answer is.</summary>
    public async Task ReachAsync(CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/account");
        try
        {
            using var response = await SendAsync(request, null, ct);
        }
        catch (ChatException refusal) when (refusal.Code is not (CertificateTrust.ErrorCode or ErrorCodes.Unavailable))
        {
            // An answer: as a rule that nobody is signed in.
        }
    }

    /// <summary>Lets go of the HTTP connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<Session> SessionAsync<T>(string call, T body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/account/" + call);
        request.Content = JsonContent.Create(body, options: ChatJson.Options);
        using var response = await SendAsync(request, null, ct);
        return await ReadAsync<Session>(response, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token, CancellationToken ct)
    {
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, ct);
        }
        // HttpClient lets the socket's own exception through if the connection is reset while it begins.
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            if (Refusal.OfCertificate(e) is { } untrusted)
                throw new ChatException(untrusted.Code, untrusted.Message, e);
            if (e is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
                throw ServerAnswers.TooLarge(server, ServerAnswers.MostAccountBytes, e);
            throw new ChatException(ErrorCodes.Unavailable, $"{server.Authority} cannot be reached: {Refusal.Reason(e)}", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ChatException(ErrorCodes.Unavailable, $"{server.Authority} did not answer within {_http.Timeout.TotalSeconds:0} s.", e);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw ServerAnswers.Redirect(server, response) ?? await RefusedAsync(response, ct);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ChatJson.Options, ct) ?? throw new JsonException("An empty answer.");
        }
        catch (JsonException e)
        {
            throw new ChatException(ErrorCodes.Unavailable, "The answer is not one of a chat server.", e);
        }
    }

    private static async Task<ChatException> RefusedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        Problem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize<Problem>(await response.Content.ReadAsStringAsync(ct), ChatJson.Options);
        }
        catch (JsonException)
        {
            // Somebody on the way answered in the server's place: the status says enough.
        }

        var after = response.Headers.RetryAfter;
        return new ChatException(
            Refusal.IsCode(problem?.Code) ? problem!.Code! : Refusal.CodeOf(response.StatusCode),
            problem?.Detail ?? problem?.Title ?? $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.")
        {
            RetryAfter = after?.Delta ?? (after?.Date is { } date && response.Headers.Date is { } now ? date - now : null),
        };
    }

    private sealed record Problem(string? Code, string? Detail, string? Title);
}
