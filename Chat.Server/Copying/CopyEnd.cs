using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Chat.Server.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Chat.Server.Copying;

/// <summary>One of the two databases during a copy: a connection that nobody else's server gets in the way of, and the statements.</summary>
internal sealed class CopyEnd : IAsyncDisposable
{
    /// <summary>A connection that was closed, or whose process was killed, is listed for a moment longer.</summary>
    private static readonly TimeSpan s_leaving = TimeSpan.FromSeconds(3);

    private readonly DbConnection _connection;

    private CopyEnd(DbConnection connection) => _connection = connection;

    private bool IsPostgres => _connection is NpgsqlConnection;

    /// <summary>Opens it, if no server uses it.</summary>
    /// <param name="option">What the operator calls it.</param>
    /// <param name="database">With its tables.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<CopyEnd> OpenAsync(string option, ChatDatabase database, CancellationToken cancellation)
    {
        DbConnection connection = database is PostgresDatabase
            ? new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "chat copy", Pooling = false, CommandTimeout = 0 }.ConnectionString)
            : new SqliteConnection(new SqliteConnectionStringBuilder(database.ConnectionString) { Pooling = false, DefaultTimeout = 3 }.ConnectionString);
        var end = new CopyEnd(connection);
        try
        {
            await connection.OpenAsync(cancellation);
            if (await end.IsServedAsync(cancellation))
                throw new CopyException($"{option} ({database.Place}): a server uses it. Stop all servers on it, then copy.");
            return end;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            throw DatabaseErrors.IsFrom(e) ? new CopyException($"{option} ({database.Place}): {DatabaseErrors.Describe(e)}") : e;
        }
    }

    public async Task<long> CountAsync(CopyTable table, CancellationToken cancellation) =>
        Convert.ToInt64(await ScalarAsync($"SELECT count(*) FROM \"{table.Name}\"", cancellation), CultureInfo.InvariantCulture);

    /// <summary>Where the copy that was begun here comes from; null if none was.</summary>
    public async Task<string?> CopiedFromAsync(CancellationToken cancellation) => await CopyMarker.ExistsAsync(_connection, cancellation)
        ? (string?)await ScalarAsync($"SELECT \"Source\" FROM \"{CopyMarker.Table}\"", cancellation)
        : null;

    /// <summary>Notes that a copy is under way, and removes what the migrations put into the tables.</summary>
    public async Task BeginAsync(string source, IReadOnlyList<CopyTable> tables, CancellationToken cancellation)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellation);
        await using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"CREATE TABLE \"{CopyMarker.Table}\" (\"Source\" text NOT NULL); INSERT INTO \"{CopyMarker.Table}\" VALUES (@source);"
            + string.Concat(tables.Where(t => t.SeededRows > 0).Select(t => $"DELETE FROM \"{t.Name}\";"));
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("source", source);
        command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The copy is whole.</summary>
    public Task EndAsync(CancellationToken cancellation) => ScalarAsync($"DROP TABLE \"{CopyMarker.Table}\"", cancellation);

    /// <summary>The key that a table ends with; null if it is empty.</summary>
    public async Task<object?[]?> LastKeyAsync(CopyTable table, CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(c => c.Quoted))} FROM \"{table.Name}\" ORDER BY {Order(table, " DESC")} LIMIT 1";
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? table.KeyOf(table.Read(row)) : null;
    }

    /// <summary>The rows after a key, or the first; empty at the end.</summary>
    public async Task<IReadOnlyList<object?[]>> PageAsync(CopyTable table, object?[]? after, CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", table.Columns.Select(c => c.Quoted)).Append(CultureInfo.InvariantCulture, $" FROM \"{table.Name}\"");
        if (after is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" WHERE ({Order(table, "")}) > ({string.Join(", ", after.Select((_, i) => $"@k{i}"))})");
            foreach (var (column, i) in table.Key.Select((c, i) => (c, i)))
                column.AddParameter(command, $"k{i}", after[i]);
        }
        command.CommandText = sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {Order(table, "")} LIMIT {table.PageRows}").ToString();
        var page = new List<object?[]>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            page.Add(table.Read(row));
        return page;
    }

    /// <summary>All of them, or none.</summary>
    public async Task InsertAsync(CopyTable table, IReadOnlyList<object?[]> rows, CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        var sql = new StringBuilder($"INSERT INTO \"{table.Name}\" (").AppendJoin(", ", table.Columns.Select(c => c.Quoted)).Append(") VALUES ");
        for (var r = 0; r < rows.Count; r++)
        {
            sql.Append(r == 0 ? "(" : ", (").AppendJoin(", ", table.Columns.Select((_, c) => $"@p{r}_{c}")).Append(')');
            for (var c = 0; c < table.Columns.Count; c++)
                table.Columns[c].AddParameter(command, $"p{r}_{c}", rows[r][c]);
        }
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Numbers that the database gives by itself go on after those that were copied. SQLite sees to that itself.</summary>
    public async Task ContinueNumbersAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellation)
    {
        foreach (var (table, column) in tables.SelectMany(t => t.Columns.Where(c => IsPostgres && c.IsNumbered).Select(c => (t, c))))
        {
            await ScalarAsync(
                $"SELECT setval(pg_get_serial_sequence('\"{table.Name}\"', '{column.Name}'), (SELECT coalesce(max({column.Quoted}), 0) + 1 FROM \"{table.Name}\"), false)",
                cancellation);
        }
    }

    /// <summary>How many rows there are, and a hash of all that they say.</summary>
    public async Task<TableSum> SumAsync(CopyTable table, CancellationToken cancellation)
    {
        var sum = new TableSum.Builder();
        object?[]? after = null;
        while (await PageAsync(table, after, cancellation) is { Count: > 0 } page)
        {
            foreach (var row in page)
                sum.Add(row);
            after = table.KeyOf(page[^1]);
        }
        return sum.End();
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>By its bytes, as SQLite orders text: both sides must have the same order.</summary>
    private string Order(CopyTable table, string direction) =>
        string.Join(", ", table.Key.Select(c => $"{c.Quoted}{(IsPostgres && c.IsText ? " COLLATE \"C\"" : "")}{direction}"));

    /// <summary>
    /// A SQLite file is held from here on, so that no server can start on it. Of PostgreSQL's users we see those that call themselves what our
    /// servers do.
    /// </summary>
    private async Task<bool> IsServedAsync(CancellationToken cancellation)
    {
        if (IsPostgres)
        {
            var began = Stopwatch.GetTimestamp();
            while ((bool)(await ScalarAsync(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'chat%')", cancellation))!)
            {
                if (Stopwatch.GetElapsedTime(began) > s_leaving)
                    return true;
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
            return false;
        }
        try
        {
            // Held from the first look at the file after the pragma: until then nothing tells that somebody else has it open.
            foreach (var sql in (string[])["PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT", "SELECT count(*) FROM sqlite_master"])
                await ScalarAsync(sql, cancellation);
            return false;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            return true;
        }
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellation);
    }
}
