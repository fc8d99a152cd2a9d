using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>
/// Prepares every connection of EF Core to a SQLite file. SQLite itself waits for a lock, because the provider would
/// sleep 150 ms between tries and hardly ever wake between two transactions of a busy log. It refuses connections once
/// the file was moved away or replaced.
/// </summary>
internal sealed class SqliteConnections : DbConnectionInterceptor, IDisposable
{
    /// <summary>
    /// Settings for every connection that writes. SQLite cuts a write-ahead log that grew during a long read to 16 MB
    /// again.
    /// </summary>
    public const string Pragmas = "PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 16777216;";

    private SqliteConnection? _first;

    /// <summary>
    /// Watches the file from now on. This connection stays open and tells whether the path still leads to its file.
    /// </summary>
    public void Watch(string connectionString)
    {
        _first = new SqliteConnection(
            new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        _first.Open();
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData,
        InterceptionResult result) =>
        _first is { } first && SqliteFile.HasMoved(first) ? throw SqliteFile.Moved() : result;

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result,
        CancellationToken cancellationToken = default) =>
        new(ConnectionOpening(connection, eventData, result));

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData); // SQLite has nothing asynchronous
        return Task.CompletedTask;
    }

    public void Dispose() => _first?.Dispose();
}
