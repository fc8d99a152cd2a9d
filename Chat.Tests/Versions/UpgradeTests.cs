using System.Net;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Chat.Tests.Keys;
using Chat.Tests.Support;
using Chat.Tests.Transports;

namespace Chat.Tests.Versions;

/// <summary>
/// A server of this version, started on the database of the version before, has everything that people had there.
/// </summary>
[Collection(BusyTests.Name)]
public sealed class UpgradeTests(SharedPostgres postgres, OlderVersion older) : IDisposable
{
    private const string Password = "correct horse battery staple";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [TimeLimit(300)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_is_there_after_the_start_of_a_newer_server(bool sqlite)
    {
        var data = Directory.CreateDirectory(_folder.File("data")).FullName;
        var settings = new Dictionary<string, string>(NodeProcess.WithoutLimits)
        {
            ["ConnectionStrings:Chat"] = sqlite
                ? $"Data Source={Path.Combine(data, "chat.db")}" : await postgres.NewDatabaseAsync(Ct),
        };
        // A file gets its master key beside it; the nodes of a cluster have one in common.
        if (sqlite)
            settings["Chat:Keys:Master"] = "";
        var before = await LiveAsync(settings);
        if (sqlite && !OperatingSystem.IsWindows())
            Open(data);

        await using var server = new ChatServer(settings);

        foreach (var (person, rooms) in before.Rooms)
        {
            using var api = new Api(server.Uri, person with { Server = server.Uri }); // the access token still counts
            var now = (await api.GetAsync("/api/rooms")).As<RoomList>().Rooms.ToDictionary(r => r.Id);
            Assert.Equal(rooms.Count, now.Count);
            foreach (var (was, events) in rooms)
            {
                var room = now[was.Id];
                Assert.Equal(Essence(was), Essence(room));
                Assert.Equal(was.Members.Count, room.MemberCount);
                Assert.Equal(was.Kind == RoomKind.Direct ? null : before.Ann.User.Id, room.Owner);
                Assert.Equal(
                    was.Members.Select(m => (m.Id, m.Name)).Order(), room.Members.Select(m => (m.Id, m.Name)).Order());
                var page = (await api.GetAsync($"/api/rooms/{was.Id}/events?after=0")).As<EventPage>();
                Assert.Equal(events.Select(Essence), page.Events.Select(Essence));
            }
        }
        await KnowsTheKindsAsync(server, before);
        await FindsByNameAsync(server, before);
        await GoesOnAsync(server, before);
        var keys = await new KeyStore(settings["ConnectionStrings:Chat"]).ReadAsync();
        Assert.All(keys, key => Assert.False(KeyXml.IsPlain(key)));
        if (sqlite && !OperatingSystem.IsWindows())
            IsClosed(data);
    }

    /// <summary>People live on the older server for a while, which is then stopped.</summary>
    private async Task<Before> LiveAsync(Dictionary<string, string> settings)
    {
        await using var node = new NodeProcess(
            _folder.Path, settings, await older.ServerAsync(), ended: lines => Output.Write(string.Join('\n', lines)))
        {
            StartedOften = true,
        };
        await node.StartAsync(Ct);
        using var nobody = new Api(node.Uri, null);
        var session = (await nobody.PostAsync("/api/account/register", new PasswordRequest("Ann", Password)))
            .As<Session>();
        var ann = new Person(node.Uri, session.User, session.AccessToken!);
        var (bob, cid) = (await Person.SignUpAsync(node.Uri, Ct, "bob"), await Person.SignUpAsync(node.Uri, Ct, "cid"));
        using Api a = new(node.Uri, ann), b = new(node.Uri, bob);
        var open = (await a.PostAsync("/api/rooms", new NewRoom("The Straße to Köln", RoomKind.Public, "a topic")))
            .As<Room>(HttpStatusCode.Created).Id;
        var secret = (await a.PostAsync("/api/rooms", new NewRoom("quiet", RoomKind.Private)))
            .As<Room>(HttpStatusCode.Created).Id;
        (await b.PutAsync($"/api/rooms/{open}/members/me")).As<Room>();
        (await a.PutAsync($"/api/rooms/{secret}/members/{bob.User.Name}")).As<Room>();
        var direct = (await b.PutAsync("/api/direct/Ann")).As<Room>().Id;
        var first = await SayAsync(a, open, "m1");
        var second = await SayAsync(a, open, "m2");
        var third = await SayAsync(a, open, "m3");
        (await a.PutAsync($"/api/rooms/{open}/messages/{first}", new NewMessage("e1", "edited"))).As<SendResult>();
        Assert.True((int)(await a.DeleteAsync($"/api/rooms/{open}/messages/{second}?clientId=d1")).Status < 300);
        var reacted = await b.PostAsync($"/api/rooms/{open}/messages/{third}/reactions", new NewMessage("r1", "👍"));
        Assert.True((int)reacted.Status < 300);
        await SayAsync(b, direct, "hello");
        await SayAsync(a, secret, "only-for-us");
        var read = await b.PutAsync($"/api/rooms/{open}/read", new ReadRequest(first));
        Assert.Equal(HttpStatusCode.NoContent, read.Status);

        var rooms = new List<(Person, IReadOnlyList<(Room, IReadOnlyList<ChatEvent>)>)>();
        foreach (var (person, api) in new[] { (ann, a), (bob, b) })
        {
            var own = new List<(Room, IReadOnlyList<ChatEvent>)>();
            foreach (var room in (await api.GetAsync("/api/rooms")).As<RoomList>().Rooms)
                own.Add((room, (await api.GetAsync($"/api/rooms/{room.Id}/events?after=0")).As<EventPage>().Events));
            Assert.Equal(3, own.Count);
            rooms.Add((person, own));
        }
        Assert.Contains(rooms[1].Item2, r => r.Item1.Id == open && r.Item1.Unread > 0);
        await node.TerminateAsync(Ct);
        return new Before(session, bob, cid, open, rooms);
    }

    private static async Task KnowsTheKindsAsync(ChatServer server, Before before)
    {
        using var api = new Api(server.Uri, before.Bob with { Server = server.Uri });
        await Eventually.TrueAsync(async () =>
        {
            var members = (await api.GetAsync($"/api/rooms/{before.Open}/members")).As<MemberPage>().Members;
            return members.Select(m => (m.Id, m.Kind)).OrderBy(m => m.Kind)
                .SequenceEqual(
                    [(before.Bob.User.Id, UserKind.Guest), (before.Ann.User.Id, (UserKind?)UserKind.Member)]);
        }, Patience, Ct, "the members' kinds are filled in");
        await Eventually.TrueAsync(async () =>
        {
            var events = (await api.GetAsync($"/api/rooms/{before.Open}/events?after=0")).As<EventPage>().Events;
            return events.All(e =>
                e.Sender.Kind == (e.Sender.Id == before.Ann.User.Id ? UserKind.Member : UserKind.Guest));
        }, Patience, Ct, "events that were written without a kind have their senders'");
    }

    private static async Task FindsByNameAsync(ChatServer server, Before before)
    {
        using var stranger = new Api(server.Uri, before.Cid with { Server = server.Uri });
        await Eventually.TrueAsync(async () =>
        {
            var found = (await stranger.GetAsync("/api/rooms/public?query=strasse")).As<RoomList>().Rooms;
            return found is [{ MemberCount: 2, Topic: "a topic" } room] && room.Id == before.Open;
        }, Patience, Ct, "a part of the name finds the room, with its count");
    }

    /// <summary>
    /// A repeated message is not stored twice, numbers go on, and people stay signed in or sign in again.
    /// </summary>
    private static async Task GoesOnAsync(ChatServer server, Before before)
    {
        using var nobody = new Api(server.Uri, null);
        var renewed = (await nobody.PostAsync("/api/account/refresh", new RefreshRequest(before.Ann.RefreshToken)))
            .As<Session>();
        Assert.Equal(before.Ann.User.Id, renewed.User.Id);
        var again = (await nobody.PostAsync("/api/account/login", new PasswordRequest("ann", Password))).As<Session>();
        Assert.Equal(before.Ann.User.Id, again.User.Id);

        using var api = new Api(server.Uri, new Person(server.Uri, renewed.User, renewed.AccessToken!));
        var log = before.Rooms[0].Rooms.Single(r => r.Room.Id == before.Open);
        var known = log.Events.First(e => e.ClientId == "m3");
        var repeated = await api.PostAsync($"/api/rooms/{before.Open}/messages", new NewMessage("m3", "m3"));
        Assert.Equal(known.Seq, repeated.As<ChatEvent>(repeated.Status).Seq);
        Assert.Equal(log.Room.Head + 1, await SayAsync(api, before.Open, "new"));
    }

    private static async Task<long> SayAsync(Api api, string room, string text) =>
        (await api.PostAsync($"/api/rooms/{room}/messages", new NewMessage(text, text)))
            .As<ChatEvent>(HttpStatusCode.Created).Seq;

    private static object Essence(Room room) =>
        (room.Id, room.Kind, room.Name, room.Topic, room.Head, room.ReadUpTo, room.Unread, room.Joined);

    private static object Essence(ChatEvent e) =>
        (e.RoomId, e.Seq, e.Id, e.Type, e.Sender.Id, e.Sender.Name, e.At)
            + $" {e.ClientId} {e.Body} {e.ReplyTo} {e.Target} {e.By?.Id}";

    /// <summary>Gives files the modes that a server without care for them leaves.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Open(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, PrivateFiles.OwnersFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(
            folder,
            PrivateFiles.OwnersFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void IsClosed(string folder)
    {
        Assert.Equal(PrivateFiles.OwnersFolder, File.GetUnixFileMode(folder));
        foreach (var below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            Assert.Equal((below, PrivateFiles.OwnersFolder), (below, File.GetUnixFileMode(below)));
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(files, f => Path.GetFileName(f) == "chat.db");
        Assert.All(files, f => Assert.Equal((f, PrivateFiles.OwnersFile), (f, File.GetUnixFileMode(f))));
    }

    /// <param name="Ann">Her session, of an account with a password.</param>
    /// <param name="Bob">A guest.</param>
    /// <param name="Cid">Another one, in no room.</param>
    /// <param name="Open">The public room.</param>
    /// <param name="Rooms">Of Ann and of Bob: their rooms, with all events.</param>
    private sealed record Before(
        Session Ann, Person Bob, Person Cid, string Open,
        IReadOnlyList<(Person Person, IReadOnlyList<(Room Room, IReadOnlyList<ChatEvent> Events)> Rooms)> Rooms);
}
