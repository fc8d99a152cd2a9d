using Chat.Contracts;
using Chat.Bench.Processes;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Server.Relay.Redis;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RelaySession = Chat.Server.Relay.Session;

namespace Chat.Tests.Relay.Redis;

/// <summary>A node as far as the relay goes: a log and a relay of its own on a database that several share, and a real Redis between them.</summary>
internal sealed class RelayNode : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly LoggerFactory _logging = new();
    private bool _ended;

    private RelayNode(string connection)
    {
        _logging.AddProvider(Lines);
        _redis = new RedisConnection(connection);
        Backplane = new RedisBackplane(
            new NodeId(Id), _redis, Registered, new HintSeal(Ring(), TimeProvider.System),
            new BackgroundLoops(TimeProvider.System, NullLogger<BackgroundLoops>.Instance), TimeProvider.System,
            _logging.CreateLogger<RedisBackplane>());
    }

    public string Id { get; } = OpaqueId.New();

    public RedisBackplane Backplane { get; }

    public RegisteredNodes Registered { get; } = new(TimeProvider.System);

    public CapturedLog Lines { get; } = new();

    public RelayRig Rig { get; private set; } = null!;

    public ScriptedLog Log => Rig.Log;

    public NodeRelay Relay => Rig.Relay;

    /// <summary>Starts one; it may not have been heard by others yet.</summary>
    public static async Task<RelayNode> StartAsync(SqliteStore store, string connection, LimitOptions? limits = null, IRoomLog? writer = null, bool testClock = false)
    {
        var node = new RelayNode(connection);
        node.Rig = await RelayRig.StartAsync(limits, store, node.Backplane, testClock ? null : TimeProvider.System, writer);
        await node._redis.StartAsync();
        await node.Backplane.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Returns when every node hears every other, and itself.</summary>
    public static async Task HearEachOtherAsync(params RelayNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.UntilHealthyAsync();
            foreach (var other in nodes.Where(n => n != node))
            {
                // A node that was silent for a moment only is not announced again.
                await UntilAsync(
                    () => node.Count(222, other.Id) > node.Count(223, other.Id)
                        || (node.Count(222, other.Id) > 0 && node.Backplane.State.Trusts),
                    $"{node.Id} hears {other.Id}");
            }
        }
    }

    /// <summary>The master keys of all nodes here, unless these are others.</summary>
    public static MasterKeyRing Ring(string? text = null)
    {
        var ring = new MasterKeyRing();
        var keys = MasterKeys.Parse(text ?? NodeProcess.MasterKey, "test");
        ring.Set(keys, keys.All[0]);
        return ring;
    }

    public Task<(RecordingTransport Transport, RelaySession Session)> ConnectAsync(UserRef user, params (string Room, long Cursor)[] cursors) =>
        Rig.ConnectAsync(user, cursors);

    public Task<IReadOnlyList<AppendResult>> SayAsync(string room, UserRef sender, int messages = 1) => Rig.SayAsync(room, sender, messages);

    public Task UntilHealthyAsync() => UntilAsync(() => Backplane.State is { Deaf: false, Complete: true, Unheard: [] }, "Redis brings everything");

    /// <summary>Returns when the node no longer looks into the log every second: what it is shown from now on it has been told.</summary>
    public Task UntilTrustingAsync() => UntilAsync(() => Backplane.State.Trusts, "the node trusts Redis");

    public Task UntilDeafAsync() => UntilAsync(() => Backplane.State.Deaf, "the node notices");

    /// <summary>Log lines with this id, and this text in it.</summary>
    public int Count(int id, string text = "") => Lines.Lines.Count(l => l.Id.Id == id && l.Text.Contains(text, StringComparison.Ordinal));

    /// <summary>
    /// The node has said once that Redis was gone, and once that it was back, each time: a machine that stands still
    /// for two seconds is such a time, too. Meanwhile it has said of no other node that it is silent.
    /// </summary>
    public void HasSaidEachChangeOnce()
    {
        var said = Lines.Lines.Select(l => l.Id.Id).Where(id => id is 220 or 221 or 223).ToList();
        Assert.Contains(220, said);
        Assert.DoesNotContain(said.Zip(said.Skip(1)), pair => pair is (220, 223));
        var changes = said.Where(id => id != 223).ToList();
        Assert.DoesNotContain(changes.Zip(changes.Skip(1)), pair => pair.First == pair.Second);
    }

    /// <summary>Ends without a word, as far as others can see.</summary>
    public async Task KillAsync()
    {
        await _redis.DisposeAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        await Backplane.StopAsync(CancellationToken.None);
        Backplane.Dispose();
        await _redis.DisposeAsync();
        await Rig.DisposeAsync();
        _logging.Dispose();
        Output.Write(Lines.Tail());
    }

    private static Task UntilAsync(Func<bool> condition, string what) =>
        Eventually.TrueAsync(condition, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken, what);
}
