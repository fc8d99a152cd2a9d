using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// The log in one SQLite file: one connection writes (see <see cref="GroupCommitter"/>), a few read beside it, which the
/// write-ahead log allows. <c>synchronous=FULL</c>: a commit returns after the data is on the disk.
/// </summary>
internal sealed class SqliteRoomLog : RoomLog
{
    /// <summary>Reads at the same time; more wait. Bounds memory and keeps cores for the relay when everybody comes back at once.</summary>
    private const int Readers = 4;

    /// <summary>busy_timeout: SQLite's own waiting for a lock is finer than the provider's, which sleeps 150 ms between tries.</summary>
    private const string Pragmas = SqliteConnections.Pragmas + " PRAGMA synchronous = FULL;";

    /// <summary>
    /// cache_size, in KiB: each message goes to another page of the index of client ids, and a page that is no longer in memory is looked
    /// up in the write-ahead log and read again.
    /// </summary>
    private const string WriterPragmas = Pragmas + " PRAGMA cache_size = -32768;";

    private readonly string _connectionString;
    private readonly string _generation;
    private readonly SemaphoreSlim _readers = new(Readers);

    /// <param name="connectionString">Of a database whose migrations have been applied.</param>
    /// <param name="time">For the events' times.</param>
    /// <param name="logger">For what fails.</param>
    /// <param name="batchSize">See <see cref="LogOptions.BatchSize"/>.</param>
    public SqliteRoomLog(
        string connectionString, TimeProvider time, ILogger<SqliteRoomLog> logger, int batchSize = LogOptions.DefaultBatchSize)
        : this(Open(connectionString, WriterPragmas), StoreGeneration.New(), connectionString, time, logger, batchSize)
    {
    }

    private SqliteRoomLog(
        SqliteConnection writer, string generation, string connectionString, TimeProvider time,
        ILogger<SqliteRoomLog> logger, int batchSize)
        : base([new SqliteAppender(writer, generation, time)], batchSize, time, logger)
    {
        (_connectionString, _generation, Writer) = (connectionString, generation, writer);
        logger.Opened(writer.DataSource);
    }

    /// <summary>The committer's connection, for tests to look at while nothing is written.</summary>
    internal SqliteConnection Writer { get; }

    public override Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation) => ReadAsync(
        $"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" > ?2 ORDER BY \"Seq\" LIMIT ?3", roomId, after, limit, cancellation);

    public override async Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation)
    {
        var newestFirst = await ReadAsync(
            $"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" < ?2 ORDER BY \"Seq\" DESC LIMIT ?3", roomId, before, limit, cancellation);
        return [.. newestFirst.Reverse()];
    }

    public override Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation) => WithReader(connection =>
    {
        var heads = new Dictionary<string, long>();
        using var head = new SqliteStatement(connection, "SELECT \"Head\" FROM \"Rooms\" WHERE \"Id\" = ?1");
        foreach (var roomId in roomIds)
        {
            using var row = head.Query(roomId);
            if (row.Read())
                heads[roomId] = row.GetInt64(0);
        }
        return (IReadOnlyDictionary<string, long>)heads;
    }, cancellation);

    public override Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(
        IReadOnlyDictionary<string, long> events, CancellationToken cancellation) => WithReader(connection =>
    {
        var generations = new Dictionary<string, string?>();
        using var statement = new SqliteStatement(connection,
            "SELECT \"Generation\" FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" = ?2");
        foreach (var (roomId, seq) in events)
        {
            using var row = statement.Query(roomId, seq);
            if (row.Read())
                generations[roomId] = row.GetStringOrNull(0);
        }
        return (IReadOnlyDictionary<string, string?>)generations;
    }, cancellation);

    public override Task<string> GenerationAsync(CancellationToken cancellation) => Task.FromResult(_generation);

    public override void Dispose()
    {
        base.Dispose();
        _readers.Dispose();
    }

    /// <summary>The committer looks first; there is nothing to gain here.</summary>
    protected override Task<string?> FindDirectAsync(string directKey) => Task.FromResult<string?>(null);

    private Task<IReadOnlyList<ChatEvent>> ReadAsync(string sql, string roomId, long bound, int limit, CancellationToken cancellation) => WithReader(connection =>
    {
        var events = new List<ChatEvent>();
        using var statement = new SqliteStatement(connection, sql);
        using var row = statement.Query(roomId, bound, limit);
        var budget = new PageBudget();
        while (row.Read())
        {
            events.Add(SqliteEvents.Read(row));
            if (!budget.Take(events[^1]))
                break;
        }
        if (Kinds.Missing(events) is { Length: > 0 } missing)
            Kinds.Learn(missing, FindKinds(connection, roomId, missing));
        return Kinds.Fill(events);
    }, cancellation);

    private static Dictionary<string, UserKind> FindKinds(SqliteConnection connection, string roomId, string[] people)
    {
        var found = new Dictionary<string, UserKind>();
        using var statement = new SqliteStatement(connection,
            "SELECT \"UserKind\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2");
        foreach (var person in people)
        {
            using var row = statement.Query(roomId, person);
            if (row.Read() && row.GetInt64OrNull(0) is { } kind)
                found[person] = (UserKind)kind;
        }
        return found;
    }

    /// <summary>SQLite has no asynchronous reads: they run here, on the caller's thread of the pool, a few at a time.</summary>
    private async Task<T> WithReader<T>(Func<SqliteConnection, T> read, CancellationToken cancellation)
    {
        await _readers.WaitAsync(cancellation);
        try
        {
            if (SqliteFile.HasMoved(Writer))
                throw SqliteFile.Moved();
            using var connection = Open(_connectionString, Pragmas);
            return read(connection);
        }
        catch (SqliteException e)
        {
            throw DatabaseErrors.Unavailable(e);
        }
        finally
        {
            _readers.Release();
        }
    }

    private static SqliteConnection Open(string connectionString, string settings)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = settings;
        pragmas.ExecuteNonQuery();
        return connection;
    }
}
