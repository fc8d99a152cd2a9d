using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>
/// Lets SQLite itself wait for a lock on the connections of EF Core. The provider would sleep 150 ms between tries, and hardly ever wake in one
/// of the moments between two transactions of a busy log.
/// </summary>
internal sealed class BusyTimeout : DbConnectionInterceptor
{
    /// <summary>For every connection that writes.</summary>
    public const string Pragma = "PRAGMA busy_timeout = 5000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData); // SQLite has nothing asynchronous
        return Task.CompletedTask;
    }
}
