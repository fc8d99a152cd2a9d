using Chat.Contracts;
using Chat.Server.Hosting;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>
/// The log in PostgreSQL, shared by all nodes. Several committers write (see <see cref="PostgresAppender"/>); what keeps the nodes apart is the lock on
/// a room's row. Reads take turns, a few at the same time, each for as long as <see cref="PostgresSource.Patience"/> at most.
/// </summary>
internal sealed class PostgresRoomLog : RoomLog
{
    /// <summary>Reads at the same time; more wait. Bounds memory and keeps cores for the relay when everybody comes back at once.</summary>
    public const int Readers = 8;

    private const string After =
        $"{Weighed} \"Seq\") - {Weight} AS \"Earlier\" FROM (SELECT {PostgresEvents.Columns} FROM \"Events\" "
        + "WHERE \"RoomId\" = $1 AND \"Seq\" > $2 ORDER BY \"Seq\" LIMIT $3) AS page) AS weighed WHERE \"Earlier\" < $4 ORDER BY \"Seq\"";

    private const string Before =
        $"{Weighed} \"Seq\" DESC) - {Weight} AS \"Earlier\" FROM (SELECT {PostgresEvents.Columns} FROM \"Events\" "
        + "WHERE \"RoomId\" = $1 AND \"Seq\" < $2 ORDER BY \"Seq\" DESC LIMIT $3) AS page) AS weighed WHERE \"Earlier\" < $4 ORDER BY \"Seq\" DESC";

    // PostgreSQL sends a whole result even if the reader stops early. The sum of the bodies before a row keeps it from
    // sending more than a page holds; octet_length tells a long body's size without reading the body.
    private const string Weighed =
        $"SELECT {PostgresEvents.Columns} FROM (SELECT {PostgresEvents.Columns}, sum({Weight}) OVER (ORDER BY";
    private const string Weight = "coalesce(octet_length(\"Body\"), 0)";

    // LATERAL … LIMIT 1: one look into the index for each, whatever the planner thinks of the table.
    private const string KindsSql =
        "SELECT k.person, m.\"UserKind\" FROM unnest($2) AS k(person) CROSS JOIN LATERAL (SELECT \"UserKind\" "
        + "FROM \"Members\" WHERE \"RoomId\" = $1 AND \"UserId\" = k.person LIMIT 1) m "
        + "WHERE m.\"UserKind\" IS NOT NULL";

    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _readers = new(Readers);

    /// <param name="connectionString">Of a database whose migrations have been applied.</param>
    /// <param name="time">For how long a caller waits; the events' times are the database's, the same for all nodes.</param>
    /// <param name="logger">For what fails.</param>
    /// <param name="batchSize">See <see cref="LogOptions.BatchSize"/>.</param>
    /// <param name="committers">See <see cref="LogOptions.Committers"/>.</param>
    public PostgresRoomLog(
        string connectionString, TimeProvider time, ILogger<PostgresRoomLog> logger, int batchSize = LogOptions.DefaultBatchSize,
        int committers = LogOptions.DefaultCommitters)
        : this(PostgresSource.Create(connectionString, committers + Readers), time, logger, batchSize, committers)
    {
    }

    private PostgresRoomLog(NpgsqlDataSource source, TimeProvider time, ILogger<PostgresRoomLog> logger, int batchSize, int committers)
        : base(
            Enumerable.Range(0, committers).Select(_ => new PostgresAppender(source, logger)), batchSize, time, logger)
    {
        _source = source;
        logger.Opened(new PostgresDatabase(source.ConnectionString).Place);
    }

    public override Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation) =>
        ReadPageAsync(After, roomId, after, limit, cancellation);

    public override async Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation) =>
        [.. (await ReadPageAsync(Before, roomId, before, limit, cancellation)).Reverse()];

    public override async Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation) =>
        roomIds.Count == 0 ? new Dictionary<string, long>() : await ReadAsync(
            "SELECT \"Id\", \"Head\" FROM \"Rooms\" WHERE \"Id\" = ANY($1)", [PostgresSource.Value<string[]>([.. roomIds])], async rows =>
            {
                var heads = new Dictionary<string, long>();
                while (await rows.ReadAsync(cancellation))
                    heads[rows.GetString(0)] = rows.GetInt64(1);
                return heads;
            }, cancellation);

    public override async Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(
        IReadOnlyDictionary<string, long> events, CancellationToken cancellation) =>
        events.Count == 0 ? new Dictionary<string, string?>() : await ReadAsync(
            "SELECT k.room, e.\"Generation\" FROM unnest($1, $2) AS k(room, seq) CROSS JOIN LATERAL (SELECT \"Generation\" FROM \"Events\" "
            + "WHERE \"RoomId\" = k.room AND \"Seq\" = k.seq LIMIT 1) e",
            [PostgresSource.Value<string[]>([.. events.Keys]), PostgresSource.Value<long[]>([.. events.Values])], async rows =>
            {
                var generations = new Dictionary<string, string?>();
                while (await rows.ReadAsync(cancellation))
                    generations[rows.GetString(0)] = await rows.IsDBNullAsync(1, cancellation) ? null
                        : rows.GetString(1);
                return generations;
            }, cancellation);

    public override Task<string> GenerationAsync(CancellationToken cancellation) => ReadAsync(
        "SELECT pg_postmaster_start_time()", [], async rows =>
        {
            await rows.ReadAsync(cancellation);
            return StoreGeneration.OfServer(rows.GetDateTime(0));
        }, cancellation);

    public override void Dispose()
    {
        base.Dispose();
        _source.Dispose();
        _readers.Dispose();
    }

    protected override Task<string?> FindDirectAsync(string directKey) => ReadAsync(
        PostgresAppender.DirectRoomSql, [PostgresSource.Value(directKey)], async rows => await rows.ReadAsync() ? rows.GetString(0) : null,
        CancellationToken.None);

    private async Task<IReadOnlyList<ChatEvent>> ReadPageAsync(
        string sql, string roomId, long bound, int limit, CancellationToken cancellation)
    {
        var events = await ReadRowsAsync(sql, roomId, bound, limit, cancellation);
        if (Kinds.Missing(events) is { Length: > 0 } missing)
        {
            Kinds.Learn(missing, await ReadAsync(
                KindsSql, [PostgresSource.Value(roomId), PostgresSource.Value(missing)],
                async rows =>
                {
                    var found = new Dictionary<string, UserKind>();
                    while (await rows.ReadAsync(cancellation))
                        found[rows.GetString(0)] = (UserKind)rows.GetInt32(1);
                    return found;
                }, cancellation));
        }
        return Kinds.Fill(events);
    }

    private Task<IReadOnlyList<ChatEvent>> ReadRowsAsync(
        string sql, string roomId, long bound, int limit, CancellationToken cancellation) => ReadAsync(
        sql, [PostgresSource.Value(roomId), PostgresSource.Value(bound), PostgresSource.Value((long)limit),
            PostgresSource.Value((long)PageBudget.Bytes)],
        async rows =>
        {
            var events = new List<ChatEvent>();
            var budget = new PageBudget();
            while (await rows.ReadAsync(cancellation))
            {
                events.Add(PostgresEvents.Read(rows));
                if (!budget.Take(events[^1]))
                    break;
            }
            return (IReadOnlyList<ChatEvent>)events;
        }, cancellation);

    private async Task<T> ReadAsync<T>(string sql, NpgsqlParameter[] values, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation)
    {
        await _readers.WaitAsync(cancellation);
        try
        {
            try
            {
                return await ReadOnceAsync(sql, values, read, cancellation);
            }
            catch (NpgsqlException e) when (DatabaseErrors.IsPassing(e))
            {
                // After a restart the first who reads finds the old connections broken; so would the second.
                _source.Clear();
                return await ReadOnceAsync(sql, [.. values.Select(v => v.Clone())], read, cancellation);
            }
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw DatabaseErrors.Unavailable(e);
        }
        finally
        {
            _readers.Release();
        }
    }

    private async Task<T> ReadOnceAsync<T>(string sql, NpgsqlParameter[] values, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(sql);
        command.Parameters.AddRange(values);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await read(rows);
    }
}
