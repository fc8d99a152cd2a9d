using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench;

/// <summary>A guest who takes part, with what it takes to act as that person. All calls are repeated until they are answered.</summary>
internal sealed class Account : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Uri _front;
    private readonly AccountClient _accounts;
    private readonly AccountTokens _tokens;

    private Account(Uri front, AccountClient accounts, Session session)
    {
        (_front, _accounts, User) = (front, accounts, session.User);
        _tokens = new AccountTokens(accounts, session, DateTimeOffset.UtcNow);
    }

    /// <summary>Who it is.</summary>
    public User User { get; }

    /// <summary>Signs somebody up under a name that nobody has.</summary>
    public static async Task<Account> SignUpAsync(Uri front, CancellationToken ct)
    {
        var accounts = new AccountClient(front);
        try
        {
            // Another name each time: one whose answer was lost may be taken, by us.
            var session = await PersistAsync(() => accounts.GuestAsync($"t-{Guid.NewGuid().ToString("n")[..12]}", ct), ct);
            return new Account(front, accounts, session);
        }
        catch
        {
            accounts.Dispose();
            throw;
        }
    }

    /// <summary>Options as clients have them.</summary>
    /// <param name="transport">Only this one; null for automatic.</param>
    /// <param name="via">A proxy instead of the way that all take.</param>
    public ChatOptions Options(TransportKind? transport = null, Uri? via = null) => new()
    {
        Server = via ?? _front,
        AccessToken = _tokens.GetAsync,
        RefreshAccessToken = _tokens.RefreshAsync,
        Transport = transport,
        MaxReconnectDelay = TimeSpan.FromSeconds(5),
    };

    /// <summary>Creates a room with this person in it.</summary>
    public Task<Room> CreateRoomAsync(string name, RoomKind kind, CancellationToken ct) =>
        AskAsync<Room>(http => http.PostAsJsonAsync("/api/rooms", new NewRoom(name, kind), ChatJson.Options, ct), ct);

    /// <summary>Joins a public room.</summary>
    public Task<Room> JoinAsync(string roomId, CancellationToken ct) =>
        AskAsync<Room>(http => http.PutAsync(new Uri($"/api/rooms/{roomId}/members/me", UriKind.Relative), null, ct), ct);

    /// <summary>The direct room with somebody.</summary>
    public Task<Room> DirectAsync(User who, CancellationToken ct) =>
        AskAsync<Room>(http => http.PutAsync(new Uri($"/api/direct/{who.Name}", UriKind.Relative), null, ct), ct);

    /// <summary>Says something, once, to one node, whether it answers or dies.</summary>
    public async Task SayAsync(string roomId, string text, Uri node, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = node };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await _tokens.GetAsync(ct));
        try
        {
            using var answer = await http.PostAsJsonAsync($"/api/rooms/{roomId}/messages", new NewMessage(Guid.NewGuid().ToString("n"), text), ChatJson.Options, ct);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // It died.
        }
    }

    /// <summary>The last number of each of my rooms now, as cursors to start from.</summary>
    public async Task<ImmutableDictionary<string, long>> HeadsAsync(CancellationToken ct) =>
        (await AskAsync<RoomList>(http => http.GetAsync(new Uri("/api/rooms", UriKind.Relative), ct), ct)).Rooms.ToImmutableDictionary(r => r.Id, r => r.Head);

    /// <summary>The whole log of a room, read page by page.</summary>
    /// <param name="roomId">Which.</param>
    /// <param name="node">Read from there; null for the way that all take.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<ChatEvent>> ReadLogAsync(string roomId, Uri? node, CancellationToken ct)
    {
        var all = new List<ChatEvent>();
        while (true)
        {
            var after = all.Count == 0 ? 0 : all[^1].Seq;
            var page = await AskAsync<EventPage>(http => http.GetAsync(new Uri($"/api/rooms/{roomId}/events?after={after}", UriKind.Relative), ct), ct, node);
            all.AddRange(page.Events);
            if (page.Events.Count == 0)
                return all;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _accounts.Dispose();

    private Task<T> AskAsync<T>(Func<HttpClient, Task<HttpResponseMessage>> call, CancellationToken ct, Uri? node = null) => PersistAsync(async () =>
    {
        using var http = new HttpClient { BaseAddress = node ?? _front, Timeout = s_patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await _tokens.GetAsync(ct));
        using var answer = await call(http);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            // By a clock that has jumped it has expired.
            await _tokens.RefreshAsync(ct);
            throw new ChatException(ErrorCodes.Unavailable, "The token was refused.");
        }
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<T>(ChatJson.Options, ct))!;
    }, ct);

    private static async Task<T> PersistAsync<T>(Func<Task<T>> call, CancellationToken ct)
    {
        while (true)
        {
            var pause = s_pause;
            try
            {
                return await call();
            }
            catch (ChatException e) when (e.MayRetry)
            {
                pause = e.RetryAfter ?? pause;
            }
            catch (Exception e) when (e is SocketException or HttpRequestException
            {
                StatusCode: null or >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests
            })
            {
                // The part that was asked is down, or somebody on the way to it.
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                // There was no answer in time.
            }
            await Task.Delay(pause, ct);
        }
    }
}
