using System.Collections.Immutable;
using System.Net;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Chat.Tests.Transports;

namespace Chat.Tests.Faults;

/// <summary>
/// A switch of PostgreSQL to another host: the primary dies, and a standby takes over that has not replayed its newest
/// commits.
/// </summary>
[Collection(FaultTests.Name)]
[TimeLimit(180)]
public sealed class StandbyTests : IAsyncLifetime
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    private PostgresProcess _primary = null!, _standby = null!, _active = null!;
    private FaultProxy _proxy = null!;
    private ChatServer _server = null!;
    private Person _ann = null!;
    private string _room = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _active = _primary = await PostgresProcess.RunAsync(Ct);
        _standby = await _primary.StandbyAsync(Ct);
        // The one address of the database, as a balancer or a moving IP address gives it.
        _proxy = new FaultProxy(_ => new Route(new IPEndPoint(IPAddress.Loopback, _active.Port), new Fault()));
        _server = new ChatServer(new Dictionary<string, string>
        {
            ["ConnectionStrings:Chat"] = await _primary.NewDatabaseAsync(Ct, _proxy.Uri.Port),
        });
        _ann = await Person.SignUpAsync(_server.Uri, Ct);
        _room = (await _ann.CreateRoomAsync(Ct)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _proxy.DisposeAsync();
        await _standby.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task Clients_forget_what_the_standby_does_not_have_and_go_on_with_what_comes()
    {
        for (var n = 2; n <= 4; n++)
            await _ann.SayAsync(_room, $"kept {n}", Ct);
        await SeverAsync();
        for (var n = 5; n <= 7; n++)
            await _ann.SayAsync(_room, $"lost {n}", Ct);
        await using var chat = new ChatConnection(
            _ann.Options() with { Cursors = ImmutableDictionary<string, long>.Empty.Add(_room, 0) });
        var signals = chat.Signals(Ct);
        await chat.StartAsync(Ct);
        await using var events = chat.Events(Ct).GetAsyncEnumerator(Ct);
        for (var n = 1; n <= 7; n++)
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(s_soon, Ct));
            Assert.Equal(n, events.Current.Seq);
        }

        await FailOverAsync();
        await SayAsync("second 5");
        await foreach (var signal in signals)
        {
            if (signal is RoomResetSignal reset)
            {
                Assert.Equal(_room, reset.RoomId);
                break;
            }
        }
        await SayAsync("second 6");

        do
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(s_soon, Ct));
        while (events.Current.Body == "second 5"); // it comes if the client was back before it
        Assert.Equal((6L, "second 6"), (events.Current.Seq, events.Current.Body));
        var log = await _ann.ReadLogAsync(_room, Ct);
        Assert.Equal(["kept 2", "kept 3", "kept 4", "second 5", "second 6"], log.Skip(1).Select(e => e.Body));
        Assert.Equal([1, 2, 3, 4, 5, 6], log.Select(e => e.Seq));
        var generations = log.Select(e => e.Generation).ToList();
        Assert.Single(generations.Take(4).Distinct());
        Assert.Single(generations.Skip(4).Distinct());
        Assert.NotEqual(generations[3], generations[4]);
    }

    [Fact]
    public async Task A_switch_that_loses_nothing_resets_nobody()
    {
        for (var n = 2; n <= 4; n++)
            await _ann.SayAsync(_room, $"kept {n}", Ct);
        await using var client = await PlainClient.ConnectAsync(_ann);
        await client.SyncAsync((_room, 1));
        await client.HearsNumbersAsync(_room, 2, 3, 4);
        await SeverAsync();

        await FailOverAsync();
        await SayAsync("next");

        await client.HearsNumbersAsync(_room, 2, 3, 4, 5);
    }

    /// <summary>The standby has everything until now, and gets nothing that comes later.</summary>
    private async Task SeverAsync()
    {
        var written = (string)(await OnAsync(_primary, "SELECT pg_current_wal_lsn()::text"))!;
        await Eventually.TrueAsync(async () => (bool)(await OnAsync(
            _standby, $"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"))!, s_soon, Ct, "it has caught up");
        await OnAsync(_standby, "ALTER SYSTEM SET primary_conninfo = ''");
        await OnAsync(_standby, "SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => await OnAsync(_standby, "SELECT 1 FROM pg_stat_wal_receiver") is null,
            s_soon, Ct, "it hears nothing more");
    }

    private async Task FailOverAsync()
    {
        await _primary.StopImmediatelyAsync();
        Assert.Equal(true, await OnAsync(_standby, "SELECT pg_promote()"));
        _active = _standby;
        _proxy.CutAll();
    }

    /// <summary>Repeats a message until it is stored, as a client does.</summary>
    private async Task SayAsync(string body)
    {
        using var api = new Api(_server.Uri, _ann);
        var message = new NewMessage(Guid.NewGuid().ToString("N"), body);
        await Eventually.TrueAsync(
            async () => (await api.PostAsync($"/api/rooms/{_room}/messages", message)).Status is HttpStatusCode.Created
                or HttpStatusCode.OK,
            s_soon, Ct, $"{body} is stored");
    }

    private static Task<object?> OnAsync(PostgresProcess postgres, string sql) =>
        PostgresStore.ExecuteAsync(postgres.ConnectionString("postgres"), sql);
}
