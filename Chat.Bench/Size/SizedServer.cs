using System.Data.Common;
using Chat.Bench.Processes;
using Chat.Contracts;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Chat.Bench.Size;

/// <summary>A server on one of the databases, with a room or a person of each size in it.</summary>
internal sealed class SizedServer : IAsyncDisposable
{
    /// <summary>The number of unread messages in each room, so that all rooms have as much to count.</summary>
    private const int Unread = 100;

    private readonly NodeProcess _node;
    private readonly PostgresProcess? _postgres;
    private readonly List<SizedCaller> _callers = [];

    private SizedServer(string name, NodeProcess node, PostgresProcess? postgres) =>
        (Name, _node, _postgres) = (name, node, postgres);

    /// <summary>The database's name.</summary>
    public string Name { get; }

    public static async Task<SizedServer> StartAsync(string folder, bool onPostgres, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var postgres = onPostgres ? await PostgresProcess.RunAsync(ct) : null;
        var database = postgres is null ? $"Data Source={Path.Combine(folder, "chat.db")}"
            : await postgres.NewDatabaseAsync(ct);
        var node = new NodeProcess(folder,
            new Dictionary<string, string>(NodeProcess.WithoutLimits) { ["ConnectionStrings:Chat"] = database });
        var server = new SizedServer(onPostgres ? "PostgreSQL" : "SQLite", node, postgres) { Database = database };
        try
        {
            await node.StartAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string Database { get; init; } = "";

    /// <summary>Fills the database; returns one caller for each size of each kind.</summary>
    public async Task<IReadOnlyList<(string Kind, IReadOnlyList<SizedCaller> Sizes)>> FillAsync(SizeRun run,
        CancellationToken ct)
    {
        await using DbConnection connection = _postgres is null ? new SqliteConnection(Database)
            : new NpgsqlConnection(Database);
        await connection.OpenAsync(ct);
        var filler = new DatabaseFiller(connection);
        var kinds = new List<(string, IReadOnlyList<SizedCaller>)>
        {
            ("messages in a room", await EachAsync(run.Messages, async (n, caller) =>
            {
                (caller.Room, caller.Events) = ($"messages{n}", n + 2);
                await filler.AddRoomAsync(caller.Room, (caller.User.Id, caller.User.Name), members: 2, messages: n,
                    Math.Min(Unread, n / 2), ct);
            })),
            ("members of a room", await EachAsync(run.Members, async (n, caller) =>
            {
                (caller.Room, caller.Events) = ($"members{n}", n + 2 * Unread);
                await filler.AddRoomAsync(caller.Room, (caller.User.Id, caller.User.Name), members: n,
                    messages: 2 * Unread, Unread, ct);
            })),
            ("rooms of one person", await EachAsync(run.Rooms, async (n, caller) =>
            {
                (caller.Room, caller.Rooms, caller.Events) = ($"rooms{n}n1", n, 12);
                await filler.AddRoomsOfAsync($"rooms{n}n", (caller.User.Id, caller.User.Name), n, messages: 10, ct,
                    RoomKind.Public);
            })),
        };
        await filler.SettleAsync(ct);
        return kinds;

        async Task<IReadOnlyList<SizedCaller>> EachAsync(IReadOnlyList<int> sizes, Func<int, SizedCaller, Task> fill)
        {
            var callers = new List<SizedCaller>();
            foreach (var n in sizes)
            {
                await Console.Error.WriteLineAsync($"{Name}: filling {n}");
                var caller = await SizedCaller.SignUpAsync(_node.Uri, n, ct);
                _callers.Add(caller);
                callers.Add(caller);
                await fill(n, caller);
            }
            return callers;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers)
            await caller.DisposeAsync();
        await _node.DisposeAsync();
        SqliteConnection.ClearAllPools();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }
}
