using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>
/// What every connection of EF Core to a SQLite file gets. SQLite itself waits for a lock: the provider would sleep 150
/// ms between tries, and hardly ever wake in one of the moments between two transactions of a busy log. And no
/// connection is opened once the file was moved away or replaced.
/// </summary>
internal sealed class SqliteConnections : DbConnectionInterceptor, IDisposable
{
    /// <summary>For every connection that writes. A write-ahead log that has grown while somebody read for long is cut
    /// to 16 MB again.</summary>
    public const string Pragmas = "PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 16777216;";

    private SqliteConnection? _first;

    /// <summary>From now on the file is watched: this connection stays open, and tells whether the path still leads to
    /// it.</summary>
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
