using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using Chat.Contracts;

namespace Chat.Bench.Abuse;

/// <summary>One call or action that a guest can repeat without end.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="What">The name in the table, for people.</param>
/// <param name="Step">One step; each connection repeats it with a growing number.</param>
public sealed record Attack(string Name, string What, Func<Attacker, int, CancellationToken, Task> Step)
{
    private static readonly string s_topic = new('t', Limits.TopicMax);
    private static readonly string s_long = new('x', Limits.BodyBytes);

    /// <summary>All attacks.</summary>
    public static IReadOnlyList<Attack> All { get; } =
    [
        Hub("rename", "renames of a room",
            (a, i) => ("ChangeRoom", [a.Scene.Own.Id, new RoomChange($"name {i}", s_topic)])),
        Hub("typing", "typing", (a, _) => ("Typing", [a.Scene.Own.Id])),
        Hub("mark", "read markers that do not move", (a, _) => ("MarkRead", [a.Scene.Own.Id, 1])),
        Hub("mark-moving", "read markers that move", (a, _) => ("MarkRead", [a.Scene.Own.Id, a.Next()])),
        Hub("churn", "leaving and joining", (a, i) => (i % 2 == 0 ? "Leave" : "Join", [a.Scene.Common.Id])),
        Hub("join-again", "joining where one is", (a, _) => ("Join", [a.Scene.Own.Id])),
        Hub("block", "blocking and unblocking",
            (a, i) => (i % 2 == 0 ? "Block" : "Unblock", [a.Member(a.Line).User.Id])),
        Hub("invite", "inviting who is there", (a, i) => ("Invite", [a.Scene.Own.Id, a.Member(i).User.Name])),
        Hub("remove", "removing and inviting",
            (a, i) => (i % 2 == 0 ? "Remove" : "Invite", [a.Scene.Own.Id, a.Member(a.Line).User.Name])),
        new("presence", "connecting and hanging up", async (a, _, ct) =>
        {
            await using var line = await HubLine.SyncedAsync(a.Scene.Guest, ct);
            a.Count(1);
        }),
        new("streams", "opening event streams and leaving",
            async (a, _, ct) => await a.OpenAsync($"/api/rooms/{a.Scene.Own.Id}/events/stream", ct)),
        new("sends-over-http", "messages over HTTP", async (a, i, ct) => await a.PostAsync(
            $"/api/rooms/{a.Scene.Own.Id}/messages", new NewMessage(Guid.NewGuid().ToString("n"), "x"), ct)),
        Hub("sync", "Sync of 150 rooms", (_, _) => ("Sync", [new SyncRequest()])),
        Hub("history", "pages of large messages", (a, _) => ("History", [a.Scene.Heavy.Id, new PageRequest()])),
        new("history-unread", "the same, never read", async (a, _, ct) =>
        {
            var line = a.Keep(await HubLine.ConnectAsync(a.Scene.Guest, ct, reads: false));
            for (var i = 0; i < 40; i++)
                await line.CallAsync("History", ct, a.Scene.Heavy.Id, new PageRequest());
        }),
        new("rooms", "lists of 150 rooms", async (a, _, ct) => await a.GetAsync("/api/rooms", ct)),
        new("search", "searches for rooms",
            async (a, i, ct) => await a.GetAsync($"/api/rooms/public?query={i % 7}", ct)),
        new("malformed", "what is no message", async (a, i, ct) =>
        {
            await using var line = await HubLine.ConnectAsync(a.Scene.Guest, ct);
            await line.SendTextAsync(i % 2 == 0 ? """{"type":1,"target":"Send","arguments":[}""" : "nothing", ct);
            a.Count(1);
        }),
        Hub("arguments", "calls with wrong arguments", (_, _) => ("Send", [1, 2, 3])),
        Hub("refused", "calls that are refused", (_, _) => ("History", ["nosuchroom", new PageRequest()])),
        new("requests", "requests for one's account",
            async (a, _, ct) => await a.GetAsync("/api/account", ct)),
        new("refused-requests", "requests that are refused",
            async (a, _, ct) => await a.GetAsync("/api/rooms/nosuchroom/events", ct)),
        Hub("names", "looking up names", (_, i) => ("OpenDirect", [$"nobody{i}"])),
        Hub("direct", "opening direct rooms", (a, i) => ("OpenDirect", [a.Member(i).User.Name])),
        Hub("create", "making rooms", (_, _) => ("CreateRoom", [new NewRoom("one more", RoomKind.Public)])),
        Hub("send", "messages",
            (a, i) => ("Send", [a.Scene.Own.Id, new[] { new NewMessage(Guid.NewGuid().ToString("n"), "x") }])),
        Hub("send-large", "messages of 16 KiB",
            (a, i) => ("Send", [a.Scene.Own.Id, new[] { new NewMessage(Guid.NewGuid().ToString("n"), s_long) }])),
        Hub("edit", "edits",
            (a, i) => ("Edit", [a.Scene.Own.Id, a.Message(i), new NewMessage(Guid.NewGuid().ToString("n"), "y")])),
        Hub("react", "reactions",
            (a, i) => ("React", [a.Scene.Own.Id, a.Message(i), new NewMessage(Guid.NewGuid().ToString("n"), "👍")])),
        Hub("delete", "deletions",
            (a, i) => ("Delete", [a.Scene.Own.Id, a.Message(a.Next()), Guid.NewGuid().ToString("n")])),
    ];

    private static Attack Hub(string name, string what, Func<Attacker, int, (string Target, object?[] Arguments)> call) => new(name, what, async (a, i, ct) =>
    {
        var (target, arguments) = call(a, i);
        await (await a.LineAsync(ct)).CallAsync(target, ct, arguments);
    });
}

/// <summary>One of the guest's connections and the calls on it. Not thread-safe.</summary>
/// <param name="scene">The people and rooms.</param>
/// <param name="line">The number of this connection.</param>
public sealed class Attacker : IAsyncDisposable
{
    private readonly List<HubLine> _kept = [];
    private readonly HttpClient _http;
    private HubLine? _hub;
    private long _counted;
    private int _next;

    internal Attacker(Scene scene, int line)
    {
        (Scene, Line) = (scene, line);
        _http = scene.Guest.Http();
        _next = line * 500;
    }

    internal Scene Scene { get; }

    internal int Line { get; }

    /// <summary>Calls that were answered or refused.</summary>
    internal long Answers => Interlocked.Read(ref _counted) + (_hub?.Answers ?? 0);

    /// <summary>The next number; each call returns a larger one.</summary>
    internal int Next() => ++_next;

    internal History.Person Member(int i) => Scene.Crowd[(i + (Line * 37)) % Scene.Crowd.Count];

    /// <summary>The event number of a message in the guest's room. Messages come after the joins.</summary>
    internal long Message(int i) => Scene.Crowd.Count + 3 + (i % 2_000);

    internal void Count(int calls) => Interlocked.Add(ref _counted, calls);

    internal HubLine Keep(HubLine line)
    {
        _kept.Add(line);
        return line;
    }

    internal async Task<HubLine> LineAsync(CancellationToken ct) => _hub ??= await HubLine.SyncedAsync(Scene.Guest, ct);

    internal async Task GetAsync(string path, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        Count(1);
    }

    internal async Task PostAsync<T>(string path, T body, CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, ChatJson.Options, ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        Count(1);
    }

    /// <summary>Opens an answer that does not end, and leaves it.</summary>
    internal async Task OpenAsync(string path, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(
            new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        Count(1);
    }

    /// <summary>Attacks until it is stopped. If the server ends the connection, it connects again.</summary>
    internal async Task RunAsync(Attack attack, CancellationToken stopping)
    {
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            try
            {
                await attack.Step(this, i, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is WebSocketException or HttpRequestException or SocketException
                or OperationCanceledException or ObjectDisposedException)
            {
                await HangUpAsync();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        _http.Dispose();
    }

    private async Task HangUpAsync()
    {
        if (_hub is not null)
        {
            Count((int)_hub.Answers);
            await _hub.DisposeAsync();
        }
        _hub = null;
        foreach (var line in _kept)
            await line.DisposeAsync();
        _kept.Clear();
    }
}
