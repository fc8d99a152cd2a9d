using System.Collections.Concurrent;
using Chat.Client;
using Chat.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Client.Fakes;

/// <summary>
/// A small hub with its log in memory that keeps the wire contract, except where a test tells it not to: a correct
/// server never drops, repeats or reorders, so the client's defences need one that does.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private WebApplication? _app;

    public static readonly User Me = new("u-me", "me", UserKind.Member);

    public static readonly UserRef Other = new("u-other", "other");

    public Uri Url { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Every room with its log; lock it.</summary>
    public Dictionary<string, FakeRoom> Rooms { get; } = [];

    public ConcurrentDictionary<string, FakeSession> Sessions { get; } = new();

    /// <summary>What really goes onto the wire for one event.</summary>
    public Func<ChatEvent, IReadOnlyList<ChatEvent>> Tamper { get; set; } = e => [e];

    /// <summary>Before a batch is appended; may throw or wait.</summary>
    public Func<string, IReadOnlyList<NewMessage>, Task> BeforeSend { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>After a batch was appended and before it is answered; may throw or wait.</summary>
    public Func<FakeSession, Task> AfterSend { get; set; } = _ => Task.CompletedTask;

    /// <summary>Refuses one message.</summary>
    public Func<NewMessage, SendError?> Refuse { get; set; } = _ => null;

    /// <summary>Before each Sync; may throw or wait.</summary>
    public Func<Task> BeforeSync { get; set; } = () => Task.CompletedTask;

    /// <summary>Handles a request instead of the server; false to pass it on.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = _ => Task.FromResult(false);

    /// <summary>A room further behind than this is skipped and has to be paged.</summary>
    public long SkipBeyond { get; set; } = long.MaxValue;

    public ConcurrentQueue<IReadOnlyDictionary<string, long>> Syncs { get; } = new();

    /// <summary>The generations in each Sync; null where it names none.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>?> Generations { get; } = new();

    public static async Task<FakeServer> StartAsync(int? port = null)
    {
        var server = new FakeServer();
        await server.OpenAsync(port ?? FreePort.Find());
        return server;
    }

    /// <summary>Dies: connections break, the log stays.</summary>
    public async Task CloseAsync()
    {
        if (_app is not { } app)
            return;
        _app = null;
        foreach (var session in Sessions.Values)
            session.Abort();
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    /// <summary>Comes back, on the same port.</summary>
    public async Task OpenAsync(int? port = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port ?? Url.Port}");
        builder.Services.AddSingleton(this);
        builder.Services.AddSignalR(o => (o.KeepAliveInterval, o.MaximumReceiveMessageSize) = (TimeSpan.FromMilliseconds(500), 64 * 1024));
        builder.Services.AddSingleton<IHubProtocol>(new AnswerWatch());
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Use(async (context, next) =>
        {
            // While it dies it still listens for a moment. A client that came in then would lose a second connection.
            if (_app is null)
                context.Abort();
            else if (!await Intercept(context))
                await next(context);
        });
        _app.MapHub<FakeHub>(Wire.HubPath);
        await _app.StartAsync();
        Url = new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    public ChatOptions Options() => new()
    {
        Server = Url,
        AccessToken = _ => ValueTask.FromResult<string?>("token"),
        MaxReconnectDelay = TimeSpan.FromSeconds(1),
        // Twice the default: only what a test does to a transport decides, and not a busy machine.
        StartTimeout = TimeSpan.FromSeconds(6),
    };

    /// <summary>A room that <see cref="Me"/> is in.</summary>
    public void AddRoom(string id, int events = 0, long joined = 0)
    {
        lock (Rooms)
            Rooms[id] = new FakeRoom { Id = id, Joined = joined };
        for (var i = 0; i < events; i++)
            Append(id, $"{id} {i + 1}");
    }

    public ChatEvent Append(string roomId, string body, UserRef? sender = null, string? clientId = null)
    {
        ChatEvent e;
        lock (Rooms)
        {
            var log = Rooms[roomId].Log;
            e = new ChatEvent
            {
                RoomId = roomId,
                Seq = log.Count + 1,
                Id = $"{roomId}-{log.Count + 1}",
                Type = EventTypes.Message,
                Sender = sender ?? Other,
                At = DateTime.UtcNow,
                ClientId = clientId,
                Body = body,
            };
            log.Add(e);
        }

        foreach (var session in Sessions.Values)
            session.Wake();
        return e;
    }

    public IReadOnlyList<string> Bodies(string roomId)
    {
        lock (Rooms)
            return [.. Rooms[roomId].Log.Select(e => e.Body!)];
    }

    public void Drop()
    {
        foreach (var session in Sessions.Values)
            session.Abort();
    }
}

internal sealed class FakeRoom
{
    public required string Id { get; init; }

    public long Joined { get; init; }

    public bool Mine { get; set; } = true;

    /// <summary>
    /// The text for the names of the room, its topic and its members; null for its id, no topic and no members.
    /// </summary>
    public string? Evil { get; set; }

    public List<ChatEvent> Log { get; } = [];

    public Room View() => new()
    {
        Id = Id,
        Kind = RoomKind.Private,
        Name = Evil ?? Id,
        Topic = Evil ?? "",
        Members = Evil is null ? [] : [new UserRef("u-evil", Evil)],
        Head = Log.Count,
        Joined = Joined,
    };
}
