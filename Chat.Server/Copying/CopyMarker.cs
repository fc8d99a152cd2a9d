using System.Data.Common;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Chat.Server.Copying;

/// <summary>A table that is there while a copy into the database has begun and not ended. No server starts on half a copy.</summary>
internal static class CopyMarker
{
    public const string Table = "__Copy";

    /// <param name="connection">Open.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<bool> ExistsAsync(DbConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = connection is NpgsqlConnection
            ? $"SELECT 1 WHERE to_regclass('\"{Table}\"') IS NOT NULL"
            : $"SELECT 1 FROM sqlite_master WHERE name = '{Table}'";
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }

    /// <summary>After the database was opened, before anything is written to it.</summary>
    /// <exception cref="StartException">It holds half a copy.</exception>
    public static async Task RefuseHalfACopyAsync(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<ChatDatabase>();
        await using var db = AccountsDb.Migrating(database);
        try
        {
            await db.Database.OpenConnectionAsync();
            if (await ExistsAsync(db.Database.GetDbConnection(), CancellationToken.None))
                throw new StartException($"{ChatDatabase.Key} ({database.Place}): a copy into this database was begun and not finished. Run it again.");
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new StartException($"{ChatDatabase.Key} ({database.Place}): {DatabaseErrors.Describe(e)}", e);
        }
    }
}
