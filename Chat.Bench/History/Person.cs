using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.History;

/// <summary>A guest of a server under test, with what it takes to act as that person.</summary>
/// <param name="Server">Where the account is.</param>
/// <param name="User">Who it is.</param>
/// <param name="Token">A valid access token.</param>
public sealed record Person(Uri Server, User User, string Token)
{
    private static int _count;

    /// <summary>Signs somebody up under a name that nobody has.</summary>
    public static async Task<Person> SignUpAsync(Uri server, CancellationToken ct, string name = "guest")
    {
        using var http = new HttpClient { BaseAddress = server };
        var request = new GuestRequest($"{name}{Interlocked.Increment(ref _count)}");
        using var answer = await http.PostAsJsonAsync("/api/account/guest", request, ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        var session = (await answer.Content.ReadFromJsonAsync<Session>(ChatJson.Options, ct))!;
        return new Person(server, session.User, session.AccessToken!);
    }

    /// <summary>Options that come back quickly, as a test wants it; everything else is as clients have it.</summary>
    /// <param name="transport">Only this one; null for automatic.</param>
    /// <param name="via">A proxy instead of the server itself.</param>
    public ChatOptions Options(TransportKind? transport = null, Uri? via = null) => new()
    {
        Server = via ?? Server,
        AccessToken = _ => ValueTask.FromResult<string?>(Token),
        Transport = transport,
        MaxReconnectDelay = TimeSpan.FromMilliseconds(300),
    };

    /// <summary>The HTTP interface as this person. The caller disposes it.</summary>
    public HttpClient Http() => new()
    {
        BaseAddress = Server,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
    };

    /// <summary>The whole log of a room, read page by page.</summary>
    public async Task<IReadOnlyList<ChatEvent>> ReadLogAsync(string roomId, CancellationToken ct)
    {
        using var http = Http();
        var all = new List<ChatEvent>();
        while (true)
        {
            var after = all.Count == 0 ? 0 : all[^1].Seq;
            var page = await http.GetFromJsonAsync<EventPage>($"/api/rooms/{roomId}/events?after={after}", ChatJson.Options, ct);
            all.AddRange(page!.Events);
            if (page.Events.Count == 0)
                return all;
        }
    }

    /// <summary>Says something in a room, once.</summary>
    public async Task SayAsync(string roomId, string text, CancellationToken ct)
    {
        using var http = Http();
        var message = new NewMessage(Guid.NewGuid().ToString("n"), text);
        using var answer = await http.PostAsJsonAsync($"/api/rooms/{roomId}/messages", message, ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Creates a public room with this person in it.</summary>
    public async Task<Room> CreateRoomAsync(CancellationToken ct, RoomKind kind = RoomKind.Public)
    {
        using var http = Http();
        using var answer = await http.PostAsJsonAsync("/api/rooms", new NewRoom($"room {User.Name}", kind), ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Room>(ChatJson.Options, ct))!;
    }

    /// <summary>Joins a public room.</summary>
    public async Task<Room> JoinAsync(string roomId, CancellationToken ct)
    {
        using var http = Http();
        using var answer = await http.PutAsync(new Uri($"/api/rooms/{roomId}/members/me", UriKind.Relative), null, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Room>(ChatJson.Options, ct))!;
    }
}
