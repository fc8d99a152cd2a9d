using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Chat.Server.Relay;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using RelaySession = Chat.Server.Relay.Session;

namespace Chat.Tests.Relay;

/// <summary>The relay on a real log, with a clock and transports of the test's own.</summary>
internal sealed class RelayRig : IAsyncDisposable
{
    public static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob"), Cid = new("cid", "Cid");

    private readonly SqliteStore? _ownStore;
    private readonly SqliteRoomLog _sqlite;
    private readonly RoomCatalog _catalog;
    private readonly ConsentCatalog? _consent;
    private readonly Databases _databases, _consentDatabases;
    private readonly Sweeper _sweeper;
    private int _said;
    private bool _disposed;

    private RelayRig(SqliteStore store, bool ownsStore, SqliteRoomLog sqlite, IRoomLog log, LimitOptions limits,
        IBackplane? backplane, TimeProvider? time, bool consent)
    {
        (_ownStore, _sqlite) = (ownsStore ? store : null, sqlite);
        Log = new ScriptedLog(log);
        (_databases, _consentDatabases) = (new Databases(store), new Databases(store));
        _catalog = new RoomCatalog(_databases);
        Relay = new NodeRelay(
            Log, _catalog, backplane ?? Backplane, Options.Create(limits), Options.Create(Sweeping(time)),
            time ?? Time, NullLogger<NodeRelay>.Instance,
            consent ? _consent = new ConsentCatalog(_consentDatabases) : null,
            (user, read, ct) => Backlog(user, read, ct));
        _sweeper = new Sweeper(Relay, new BackgroundLoops(time ?? Time, NullLogger<BackgroundLoops>.Instance));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ScriptedLog Log { get; }

    public NodeRelay Relay { get; }

    public FakeBackplane Backplane { get; } = new();

    /// <summary>Paces what sessions read of older events; at once if nothing else is set.</summary>
    public BacklogReads Backlog { get; set; } = (_, read, _) => read();

    /// <summary>Whether the catalog's database can be read.</summary>
    public bool CatalogFails { set => _databases.Fail = _consentDatabases.Fail = value; }

    /// <summary>How often that was tried.</summary>
    public int CatalogTries => _databases.Tries;

    /// <summary>How often requests, invitations and blocks were read.</summary>
    public int ConsentReads => _consentDatabases.Tries;

    /// <param name="limits">The defaults if null.</param>
    /// <param name="store">Of several nodes; its own if null.</param>
    /// <param name="backplane"><see cref="Backplane"/> if null.</param>
    /// <param name="time">The clock; <see cref="Time"/> if null.</param>
    /// <param name="consent">Whether sessions look at requests, invitations and blocks.</param>
    /// <param name="writer">The node whose log takes what is written through <see cref="Log"/>; this one if null.</param>
    public static async Task<RelayRig> StartAsync(
        LimitOptions? limits = null, SqliteStore? store = null, IBackplane? backplane = null, TimeProvider? time = null,
        IRoomLog? writer = null,
        bool consent = false)
    {
        var ownsStore = store is null;
        store ??= new SqliteStore();
        var sqlite = await store.OpenAsync();
        var rig = new RelayRig(store, ownsStore, sqlite, writer is null ? sqlite : new WrittenElsewhere(sqlite, writer),
            limits ?? new LimitOptions(), backplane, time, consent);
        await rig._sweeper.StartAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>Lets second after second pass until something has come of it: who waits for the clock may begin to wait at any moment.</summary>
    public Task PassUntilAsync(Func<bool> condition, string what) => Eventually.TrueAsync(() =>
    {
        if (condition())
            return true;
        Time.Advance(TimeSpan.FromSeconds(1));
        return false;
    }, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken, what);

    /// <summary>A room of Ann's with others in it.</summary>
    public async Task<string> RoomAsync(params UserRef[] others)
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        foreach (var other in others)
            await Log.AddMemberAsync(room, other, other);
        return room;
    }

    /// <summary>So many messages in one batch.</summary>
    public Task<IReadOnlyList<AppendResult>> SayAsync(string room, UserRef sender, int messages = 1, string body = "text") => Log.AppendAsync(
        room, sender, [.. Enumerable.Range(0, messages).Select(_ => new Draft(EventTypes.Message, $"m{Interlocked.Increment(ref _said)}", body))]);

    public RelaySession Open(RecordingTransport transport, UserRef user) => Relay.Open(transport, new User(user.Id, user.Name, UserKind.Guest), $"sign-in {user.Id}");

    /// <summary>How somebody stands to a room.</summary>
    public Task<Sight?> SightAsync(UserRef user, string room) => _catalog.SightAsync(user.Id, room);

    /// <summary>A client that has synced from these cursors.</summary>
    public async Task<(RecordingTransport Transport, RelaySession Session)> ConnectAsync(UserRef user, params (string Room, long Cursor)[] cursors)
    {
        var transport = new RecordingTransport();
        var session = Open(transport, user);
        await SyncAsync(session, cursors);
        return (transport, session);
    }

    public static async Task<IReadOnlyList<Room>> SyncAsync(RelaySession session, params (string Room, long Cursor)[] cursors)
    {
        try
        {
            return await session.SyncAsync(cursors.ToDictionary(c => c.Room, c => c.Cursor));
        }
        finally
        {
            session.Resume();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _sweeper.StopAsync(CancellationToken.None);
        _sweeper.Dispose();
        _sqlite.Dispose();
        _catalog.Dispose();
        _consent?.Dispose();
        _ownStore?.Dispose();
    }

    /// <summary>
    /// On a clock that runs by itself there is no sweep: it would bring within half a minute what a broken backplane
    /// does not bring, and tests wait for that long.
    /// </summary>
    private static RelayOptions Sweeping(TimeProvider? time) =>
        time is null ? new RelayOptions() : new RelayOptions { SweepInterval = TimeSpan.FromHours(1) };

    private sealed class Databases(SqliteStore store) : IDbContextFactory<LogDb>
    {
        private int _tries;

        public bool Fail { get; set; }

        public int Tries => Volatile.Read(ref _tries);

        public LogDb CreateDbContext()
        {
            Interlocked.Increment(ref _tries);
            return Fail ? throw new SqliteException("disk I/O error", 10) : store.CreateDbContext();
        }
    }
}
