using System.Globalization;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Chat.Server.Hosting;

/// <summary>
/// Steps of PostgreSQL migrations beside which the nodes of the version before go on writing. Each is a transaction of
/// its own, so that no two tables are locked at once, and may be repeated.
/// </summary>
internal static class OnlineMigrations
{
    /// <summary>
    /// How long a change of a table waits for its lock. All who come after it to that table wait behind it: less than
    /// anybody waits for a call.
    /// </summary>
    public static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(2);

    /// <summary>Sets the lock timeout on the connection of a migration.</summary>
    public static readonly string PatienceSql =
        string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {LockPatience.TotalMilliseconds}");

    /// <summary>
    /// Adds columns that are not there yet. They must be null or have a constant default: then no row is written.
    /// </summary>
    public static void AddColumnsOnline(
        this MigrationBuilder migration, string table, params IEnumerable<string> columns)
    {
        var added = string.Join(", ", columns.Select(c => $"ADD COLUMN IF NOT EXISTS {c}"));
        migration.Run($"ALTER TABLE \"{table}\" {added}");
    }

    /// <summary>Makes an index while others write.</summary>
    /// <param name="migration">The migration that gets the step.</param>
    /// <param name="name">The name of the index.</param>
    /// <param name="on">The rest of the statement, from <c>ON</c>.</param>
    /// <param name="unique">Whether the index forbids a second row with the same key.</param>
    public static void MakeIndexOnline(this MigrationBuilder migration, string name, string on, bool unique = false)
    {
        // An index whose making was broken off stays, is not used, and keeps its name.
        migration.DropIndexOnline(name);
        migration.RunPatiently($"CREATE {(unique ? "UNIQUE " : "")}INDEX CONCURRENTLY IF NOT EXISTS \"{name}\" {on}");
    }

    /// <summary>Drops an index while others read and write.</summary>
    public static void DropIndexOnline(this MigrationBuilder migration, string name) =>
        migration.RunPatiently($"DROP INDEX CONCURRENTLY IF EXISTS \"{name}\"");

    /// <summary>Runs a statement that waits until older transactions have ended; nobody waits behind it.</summary>
    private static void RunPatiently(this MigrationBuilder migration, string sql)
    {
        migration.Run("SET lock_timeout = 0");
        migration.Run(sql);
        migration.Run(PatienceSql);
    }

    private static void Run(this MigrationBuilder migration, string sql) =>
        migration.Sql(sql, suppressTransaction: true);
}
