using Chat.Contracts;
using Chat.Server.Log.Postgres;
using Chat.Tests.Support;

namespace Chat.Tests.Log;

/// <summary>A PostgreSQL that is killed, freezes, or does not say how a commit ended.</summary>
[TimeLimit(120)]
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private static readonly UserRef Ann = new("ann", "Ann");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private PostgresProcess? _postgres;
    private PostgresRoomLog? _log;
    private string _connectionString = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostgresProcess Postgres => _postgres!;

    private PostgresRoomLog Log => _log!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresProcess.RunAsync(Ct);
        _connectionString = await _postgres.NewDatabaseAsync(Ct);
        _log = PostgresStore.Open((await PostgresStore.PrepareAsync(_connectionString)).ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync();
        Log.Dispose();
    }

    [Fact]
    public async Task Killed_under_load_and_started_again_it_has_everything_that_was_acknowledged_once_and_the_log_goes_on_by_itself()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        using var stop = new CancellationTokenSource();
        var writing = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            var numbers = new List<long>();
            for (var c = 0; !stop.IsCancellationRequested; c++)
                numbers.Add(await PostgresNodesTests.InsistAsync(Log, room, $"{w}-{c}"));
            return numbers;
        })).ToList();
        await Eventually.TrueAsync(() => Log.Counts.Writes > 50, Limit, Ct);

        await Postgres.KillAsync();
        var refusal = await Assert.ThrowsAsync<ChatException>(Log.ProbeAsync);
        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
        Assert.Equal(ErrorCodes.Unavailable, (await Assert.ThrowsAsync<ChatException>(() => Log.ReadAfterAsync(room, 0, 1, Ct))).Code);
        await Postgres.StartAsync(Ct);
        var before = Log.Counts.Writes;
        await Eventually.TrueAsync(() => Log.Counts.Writes > before + 50, Limit, Ct);
        await stop.CancelAsync();

        var acked = (await Task.WhenAll(writing)).SelectMany(n => n).Order().ToList();
        var stored = await Log.ReadAllAsync(room, Ct);
        Assert.Equal(acked, stored.Skip(1).Select(e => e.Seq));
        Assert.Equal(stored.Count - 1, stored.Skip(1).Select(e => e.ClientId).Distinct().Count());
    }

    [Fact]
    public async Task Frozen_it_is_given_up_in_time_and_used_again_when_it_goes_on()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        Postgres.Freeze();

        var refusals = await Task.WhenAll(
            Assert.ThrowsAsync<ChatException>(() => Log.AppendAsync(room, Ann, [PostgresNodesTests.Say("m")])),
            Assert.ThrowsAsync<ChatException>(() => Log.ReadAfterAsync(room, 0, 1, Ct)),
            Assert.ThrowsAsync<ChatException>(Log.ProbeAsync)).WaitAsync(Limit, Ct);
        Postgres.Thaw();

        Assert.All(refusals, r => Assert.Equal(ErrorCodes.Unavailable, r.Code));
        Assert.Equal(2, await PostgresNodesTests.InsistAsync(Log, room, "m").WaitAsync(Limit, Ct));
        Assert.Equal(3, await PostgresNodesTests.InsistAsync(Log, room, "next").WaitAsync(Limit, Ct));
    }

    [Fact]
    public async Task A_commit_whose_end_is_not_known_is_not_acknowledged_and_the_same_client_id_tells()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        // A standby that does not exist: COMMIT is done here and waits for ever for there.
        await SetAsync("synchronous_standby_names", "nobody");
        var told = 0;
        Log.Committed += _ => Interlocked.Increment(ref told);

        // The server's parts learn of a setting one after the other: what is written until all have, is committed at once.
        var (refusal, done) = ((ChatException?)null, 0);
        await Eventually.TrueAsync(async () =>
        {
            refusal = await Record.ExceptionAsync(
                () => Log.AppendAsync(room, Ann, [PostgresNodesTests.Say($"m{done}")])) as ChatException;
            done += refusal is null ? 1 : 0;
            return refusal is not null;
        }, Limit, Ct, "a commit is not answered");

        Assert.Equal(ErrorCodes.Unavailable, refusal!.Code);
        Assert.Contains("same client id", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(done, told);
        await SetAsync("synchronous_standby_names", "");
        await Eventually.TrueAsync(async () => (await Log.HeadsAsync([room], Ct))[room] == 2 + done, Limit, Ct);
        var again = Assert.Single(await Log.AppendAsync(room, Ann, [PostgresNodesTests.Say($"m{done}")]));
        Assert.Equal((true, 2L + done), (again.Repeated, again.Event!.Seq));
    }

    private async Task SetAsync(string setting, string value)
    {
        await PostgresStore.ExecuteAsync(_connectionString, $"ALTER SYSTEM SET {setting} = '{value}'");
        await PostgresStore.ExecuteAsync(_connectionString, "SELECT pg_reload_conf()");
        await Eventually.TrueAsync(
            async () => (string?)await PostgresStore.ExecuteAsync(_connectionString, $"SELECT current_setting('{setting}')") == value, Limit, Ct);
    }
}
