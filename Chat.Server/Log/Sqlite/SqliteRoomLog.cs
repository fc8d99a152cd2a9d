using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// The log in one SQLite file: one connection writes (see <see cref="GroupCommitter"/>), a few read beside it, which the
/// write-ahead log allows. <c>synchronous=FULL</c>: a commit returns after the data is on the disk.
/// </summary>
internal sealed class SqliteRoomLog : IRoomLog, IDisposable
{
    /// <summary>Reads at the same time; more wait. Bounds memory and keeps cores for the relay when everybody comes back at once.</summary>
    private const int Readers = 4;

    /// <summary>busy_timeout: SQLite's own waiting for a lock is finer than the provider's, which sleeps 150 ms between tries.</summary>
    private const string Pragmas = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;";

    /// <summary>
    /// cache_size, in KiB: each message goes to another page of the index of client ids, and a page that is no longer in memory is looked
    /// up in the write-ahead log and read again.
    /// </summary>
    private const string WriterPragmas = Pragmas + " PRAGMA cache_size = -32768;";

    private readonly string _connectionString;
    private readonly SqliteConnection _writer; // the committer's, once it runs
    private readonly GroupCommitter _committer;
    private readonly SemaphoreSlim _readers = new(Readers);

    /// <param name="connectionString">Of a database whose migrations have been applied.</param>
    /// <param name="time">For the events' times.</param>
    /// <param name="logger">For what fails.</param>
    /// <param name="batchSize">See <see cref="LogOptions.BatchSize"/>.</param>
    public SqliteRoomLog(
        string connectionString, TimeProvider time, ILogger<SqliteRoomLog> logger, int batchSize = LogOptions.DefaultBatchSize)
    {
        _connectionString = connectionString;
        _writer = Open(WriterPragmas);
        _committer = new GroupCommitter(new SqliteAppender(_writer, time), batchSize, events => Committed?.Invoke(events), time, logger);
        logger.Opened(_writer.DataSource);
    }

    public event Action<IReadOnlyList<ChatEvent>>? Committed;

    /// <summary>Transactions and writes committed since the start.</summary>
    public (long Transactions, long Writes) Counts => (_committer.Transactions, _committer.Writes);

    public Task<IReadOnlyList<AppendResult>> AppendAsync(string roomId, UserRef sender, IReadOnlyList<Draft> drafts) =>
        _committer.WriteAsync(log => log.Append(roomId, sender, drafts));

    public Task<string> CreateAsync(RoomKind kind, string name, string topic, UserRef owner) =>
        _committer.WriteAsync(log => log.Create(kind, name, topic, owner));

    public Task<string> OpenDirectAsync(UserRef me, UserRef other) => _committer.WriteAsync(log => log.OpenDirect(me, other));

    public Task AddMemberAsync(string roomId, UserRef member, UserRef by) => _committer.WriteAsync(log =>
    {
        log.AddMember(roomId, member, by);
        return true;
    });

    public Task RemoveMemberAsync(string roomId, UserRef member, UserRef by) => _committer.WriteAsync(log =>
    {
        log.RemoveMember(roomId, member, by);
        return true;
    });

    public Task ChangeRoomAsync(string roomId, RoomChange change, UserRef by) => _committer.WriteAsync(log =>
    {
        log.ChangeRoom(roomId, change, by);
        return true;
    });

    public Task<long> MarkReadAsync(string roomId, string userId, long seq) => _committer.WriteAsync(log => log.MarkRead(roomId, userId, seq));

    public Task ProbeAsync() => _committer.WriteAsync(log =>
    {
        log.Probe();
        return true;
    });

    public Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation) => ReadAsync(
        $"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" > ?2 ORDER BY \"Seq\" LIMIT ?3", roomId, after, limit, cancellation);

    public async Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation)
    {
        var newestFirst = await ReadAsync(
            $"SELECT {SqliteEvents.Columns} FROM \"Events\" WHERE \"RoomId\" = ?1 AND \"Seq\" < ?2 ORDER BY \"Seq\" DESC LIMIT ?3", roomId, before, limit, cancellation);
        return [.. newestFirst.Reverse()];
    }

    public Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation) => WithReader(connection =>
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

    /// <summary>Commits what is queued and closes the file.</summary>
    public void Dispose()
    {
        _committer.Dispose();
        _readers.Dispose();
    }

    private Task<IReadOnlyList<ChatEvent>> ReadAsync(string sql, string roomId, long bound, int limit, CancellationToken cancellation) => WithReader(connection =>
    {
        var events = new List<ChatEvent>();
        using var statement = new SqliteStatement(connection, sql);
        using var row = statement.Query(roomId, bound, limit);
        while (row.Read())
            events.Add(SqliteEvents.Read(row));
        return (IReadOnlyList<ChatEvent>)events;
    }, cancellation);

    /// <summary>SQLite has no asynchronous reads: they run here, on the caller's thread of the pool, a few at a time.</summary>
    private async Task<T> WithReader<T>(Func<SqliteConnection, T> read, CancellationToken cancellation)
    {
        await _readers.WaitAsync(cancellation);
        try
        {
            using var connection = Open(Pragmas);
            return read(connection);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Unavailable(e);
        }
        finally
        {
            _readers.Release();
        }
    }

    private SqliteConnection Open(string settings)
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = settings;
        pragmas.ExecuteNonQuery();
        return connection;
    }
}
