using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Server.Accounts;

/// <summary>Which database holds the accounts: the only place that knows.</summary>
public static class AccountsStore
{
    /// <summary>Where everything is kept unless <c>ConnectionStrings:Chat</c> says otherwise.</summary>
    public const string DefaultConnection = "Data Source=data/chat.db";

    private const string History = "__AccountsMigrations";

    /// <summary>Chooses the provider by the connection string <c>ConnectionStrings:Chat</c>.</summary>
    /// <exception cref="InvalidOperationException">It names no database that is known here.</exception>
    public static void Use(DbContextOptionsBuilder options, IConfiguration configuration)
    {
        options.UseSqlite(SqliteConnectionString(configuration), sqlite => sqlite.MigrationsHistoryTable(History));
        // One line for every statement is for who looks for a fault in here, not for who runs a server.
        options.ConfigureWarnings(w => w.Log((RelationalEventId.CommandExecuted, LogLevel.Debug)));
    }

    private static string SqliteConnectionString(IConfiguration configuration)
    {
        try
        {
            var sqlite = new SqliteConnectionStringBuilder(configuration.GetConnectionString("Chat") ?? DefaultConnection);
            if (sqlite is { Mode: not SqliteOpenMode.Memory, DataSource: not (":memory:" or "") }
                && Path.GetDirectoryName(Path.GetFullPath(sqlite.DataSource)) is { } folder && !Directory.Exists(folder))
            {
                CreateFolder(folder);
            }
            return sqlite.ToString();
        }
        catch (ArgumentException e)
        {
            throw new InvalidOperationException($"ConnectionStrings:Chat is not a connection string that is known here: {e.Message}", e);
        }
    }

    /// <summary>The file holds password hashes and keys: nobody else on the machine needs to look inside.</summary>
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
