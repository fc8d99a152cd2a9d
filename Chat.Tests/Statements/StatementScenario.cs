using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Tests.Statements;

/// <summary>
/// Uses every hub method and every endpoint of a server whose tables are full. It calls methods and endpoints that it
/// does not know by name with values that fit, so a new endpoint that reads is covered without further work. One that
/// needs more has a line here.
/// </summary>
internal sealed class StatementScenario(ChatServer server, Person me, Person other, Person stranger, string bigRoom)
{
    private readonly HashSet<string> _methods = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task RunAsync()
    {
        using var api = new Api(server.Uri, me);
        using var theirs = new Api(server.Uri, other);
        await using var hub = await PlainClient.ConnectAsync(me);
        await CallAsync<SyncAnswer>(hub, "Sync", new SyncRequest(new Dictionary<string, long> { [bigRoom] = 10 }));
        await theirs.PutAsync($"/api/rooms/{bigRoom}/members/me");
        await CallAsync<Room>(hub, "Join", bigRoom);

        // Messages, edits, deletions and reactions.
        var sent = await CallAsync<IReadOnlyList<SendResult>>(hub, "Send", bigRoom, new[] { New("text"), New("text") });
        var seq = sent[0].Seq!.Value;
        await CallAsync<IReadOnlyList<SendResult>>(hub, "Send", bigRoom,
            new[] { New("answer") with { ReplyTo = seq } });
        await CallAsync<SendResult>(hub, "Edit", bigRoom, seq, New("other text"));
        await CallAsync<SendResult>(hub, "React", bigRoom, seq, New("👍"));
        await CallAsync<SendResult>(hub, "Delete", bigRoom, seq, Guid.NewGuid().ToString("N"));
        await CallAsync<EventPage>(hub, "History", bigRoom, new PageRequest(Before: seq));
        await CallAsync<EventPage>(hub, "History", bigRoom, new PageRequest(After: 5));
        var posted = (await api.PostAsync($"/api/rooms/{bigRoom}/messages", New("by HTTP"))).Json.GetProperty("seq")
            .GetInt64();
        await api.PutAsync($"/api/rooms/{bigRoom}/messages/{posted}", New("edited"));
        await api.PostAsync($"/api/rooms/{bigRoom}/messages/{posted}/reactions", New("👍"));
        await api.DeleteAsync($"/api/rooms/{bigRoom}/messages/{posted}?clientId={Guid.NewGuid():N}");
        foreach (var page in (string[])["", "?before=50", "?after=50"])
            await api.GetAsync($"/api/rooms/{bigRoom}/events{page}");
        await CallAsync(hub, "MarkRead", bigRoom, posted);
        await api.PutAsync($"/api/rooms/{bigRoom}/read", new ReadRequest(posted));
        await CallAsync(hub, "Typing", bigRoom);

        // A person who has answered is no stranger and is added to rooms at once.
        var direct = await CallAsync<Room>(hub, "OpenDirect", other.User.Name);
        await api.PostAsync($"/api/rooms/{direct.Id}/messages", New("hello"));
        await theirs.PostAsync($"/api/rooms/{direct.Id}/messages", New("hello yourself"));

        await StrangersAsync(hub, api);

        // Rooms.
        var room = await CallAsync<Room>(hub, "CreateRoom", new NewRoom("a room", RoomKind.Private, ""));
        await CallAsync<Room>(hub, "Invite", room.Id, other.User.Name);
        await CallAsync<Room>(hub, "ChangeRoom", room.Id, new RoomChange("renamed", "topic"));
        await CallAsync(hub, "Remove", room.Id, other.User.Name);
        await theirs.GetAsync($"/api/rooms/{room.Id}/events?after=0");
        await api.PutAsync($"/api/direct/{other.User.Name}");
        foreach (var query in (string?[])[null, "r", "big", "100"])
        {
            await CallAsync<IReadOnlyList<Room>>(hub, "PublicRooms", query);
            await api.GetAsync($"/api/rooms/public?query={query}");
        }
        foreach (var query in (string?[])[null, "member", "nobody"])
        {
            await CallAsync<MemberPage>(hub, "Members", bigRoom, new MemberQuery(query));
            await api.GetAsync($"/api/rooms/{bigRoom}/members?query={query}");
        }
        await api.GetAsync("/api/rooms");
        await api.PostAsync("/api/rooms", new NewRoom("another", RoomKind.Public));
        await api.PutAsync($"/api/rooms/{room.Id}/members/{other.User.Name}");
        await api.DeleteAsync($"/api/rooms/{room.Id}/members/{other.User.Name}");
        await CallAsync(hub, "Leave", bigRoom);
        await theirs.DeleteAsync($"/api/rooms/{bigRoom}/members/me");
        await CallAsync<SyncAnswer>(hub, "Sync", new SyncRequest(new Dictionary<string, long> { [bigRoom] = 10 }));

        await AccountsAsync();
        await OthersAsync(hub, room.Id);
        await OthersAsync(api, room.Id);
        using var health = new Api(server.Uri, null);
        await health.GetAsync("/health/ready");
    }

    private static NewMessage New(string body) => new(Guid.NewGuid().ToString("N"), body);

    /// <summary>A stranger is asked, refuses, is asked again, accepts, and blocks.</summary>
    private async Task StrangersAsync(PlainClient hub, Api api)
    {
        using var theirs = new Api(server.Uri, stranger);
        await using var listening = await PlainClient.ConnectAsync(stranger);
        await listening.Hub.InvokeCoreAsync<SyncAnswer>("Sync", [new SyncRequest()], Ct);
        foreach (var accept in (bool[])[false, true])
        {
            var room = await CallAsync<Room>(
                hub, "CreateRoom", new NewRoom($"with a stranger {accept}", RoomKind.Private, ""));
            await CallAsync<Room>(hub, "Invite", room.Id, stranger.User.Name);
            await api.GetAsync("/api/rooms");
            var invitations = await theirs.GetAsync("/api/account/invitations");
            Assert.Contains(room.Id, invitations.Text, StringComparison.Ordinal);
            Answered(await theirs.PutAsync($"/api/account/invitations/{room.Id}", new { accept }));
            await api.DeleteAsync($"/api/rooms/{room.Id}/members/{stranger.User.Name}");
            await theirs.DeleteAsync($"/api/rooms/{room.Id}/members/me");
        }
        var direct = await CallAsync<Room>(hub, "OpenDirect", stranger.User.Name);
        await api.PostAsync($"/api/rooms/{direct.Id}/messages", New("do we know each other?"));
        await CallAsync(hub, "Typing", direct.Id);
        await listening.Hub.InvokeCoreAsync<SyncAnswer>("Sync", [new SyncRequest()], Ct);
        Answered(await theirs.PutAsync($"/api/rooms/{direct.Id}/request", new { accept = false }));
        await api.PostAsync($"/api/rooms/{direct.Id}/messages", New("hello?"));
        Answered(await theirs.PutAsync($"/api/account/blocked/{me.User.Id}"));
        await theirs.GetAsync("/api/account/blocked");
        await listening.Hub.InvokeCoreAsync<SyncAnswer>("Sync", [new SyncRequest()], Ct);
        Answered(await theirs.DeleteAsync($"/api/account/blocked/{me.User.Id}"));
        await theirs.PutAsync($"/api/rooms/{direct.Id}/request", new { accept = true });
        await theirs.PostAsync($"/api/rooms/{direct.Id}/messages", New("now we do"));

        static void Answered(Answer answer) => Assert.True((int)answer.Status < 300, $"{answer.Status}: {answer.Text}");
    }

    private async Task AccountsAsync()
    {
        using var nobody = new Api(server.Uri, null);
        var name = $"n{Guid.NewGuid().ToString("N")[..12]}";
        const string password = "correct horse battery staple 7";
        await nobody.PostAsync("/api/account/guest", new GuestRequest($"g{name}"));
        var session = (await nobody.PostAsync("/api/account/register", new PasswordRequest(name, password)))
            .As<Session>();
        await nobody.PostAsync("/api/account/login", new PasswordRequest(name, "wrong password"));
        await nobody.PostAsync("/api/account/login", new PasswordRequest(name, password));
        await nobody.PostAsync("/api/account/refresh", new RefreshRequest(session.RefreshToken));
        using var http = new HttpClient
        {
            BaseAddress = server.Uri, DefaultRequestHeaders = { Authorization = new("Bearer", session.AccessToken) },
        };
        using var answer = await http.PostAsync(new Uri("/api/account/logout", UriKind.Relative), null, Ct);
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
    }

    /// <summary>
    /// Calls the hub methods that have no line here with values in their places. A refusal is no failure.
    /// </summary>
    private async Task OthersAsync(PlainClient client, string room)
    {
        foreach (var method in typeof(IChatHub).GetMethods().Where(m => !_methods.Contains(m.Name)))
        {
            object?[] arguments = [.. method.GetParameters().Select(p => p.ParameterType == typeof(string)
                ? p.Name!.Contains("room", StringComparison.OrdinalIgnoreCase) ? room : other.User.Name
                : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null)];
            try
            {
                await client.Hub.InvokeCoreAsync(method.Name, arguments, Ct);
            }
            catch (HubException)
            {
                // The answer has been read to its end.
            }
        }
    }

    /// <summary>Calls every endpoint below /api with values in its places.</summary>
    private async Task OthersAsync(Api api, string room)
    {
        foreach (var endpoint in ((IEnumerable<EndpointDataSource>)server.Services.GetService(typeof(IEnumerable<EndpointDataSource>))!).SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.TrimStart('/').StartsWith("api/", StringComparison.Ordinal) is true))
        {
            var path = endpoint.RoutePattern.RawText!;
            // These endpoints do not end by themselves, end a state that this scenario needs, or read nothing.
            if (path.EndsWith("/stream", StringComparison.Ordinal) || path.EndsWith("/frame", StringComparison.Ordinal)
                || path.EndsWith("/socket", StringComparison.Ordinal)
                || path.Contains("account/logout", StringComparison.Ordinal)
                || path.Contains("/lab/", StringComparison.Ordinal)
                || path.EndsWith("/members/me", StringComparison.Ordinal)
                || path.TrimEnd('/').EndsWith("api/account", StringComparison.Ordinal))
                continue;
            foreach (var parameter in endpoint.RoutePattern.Parameters)
            {
                var value = parameter.Name is "id" or "roomId" ? room
                    : parameter.Name.Contains("name", StringComparison.OrdinalIgnoreCase) ? other.User.Name
                    : parameter.Name.Contains("user", StringComparison.OrdinalIgnoreCase) ? other.User.Id : "1";
                path = System.Text.RegularExpressions.Regex.Replace(path, $@"\{{\**{parameter.Name}[^}}]*\}}", value);
            }
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var answer = await api.SendAsync(new HttpMethod(method), "/" + path.TrimStart('/'),
                    method is "GET" or "HEAD" or "DELETE" ? null : "{}");
                Assert.True(answer.Status < HttpStatusCode.InternalServerError
                    || answer.Status == HttpStatusCode.ServiceUnavailable,
                    $"{method} {path}: {answer.Status} {answer.Text}");
            }
        }
    }

    private async Task<T> CallAsync<T>(PlainClient client, string method, params object?[] arguments)
    {
        _methods.Add(method);
        return (await client.Hub.InvokeCoreAsync<T>(method, arguments, Ct))!;
    }

    private async Task CallAsync(PlainClient client, string method, params object?[] arguments)
    {
        _methods.Add(method);
        await client.Hub.InvokeCoreAsync(method, arguments, Ct);
    }
}
