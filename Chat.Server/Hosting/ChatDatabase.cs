using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Hosting;

/// <summary>Where everything is kept: the connection string <c>ConnectionStrings:Chat</c>, which tells by itself which database that is.</summary>
public abstract class ChatDatabase(string connectionString)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "ConnectionStrings:Chat";

    /// <summary>A SQLite file below the folder that the server runs in.</summary>
    public const string Default = "Data Source=data/chat.db";

    public string ConnectionString { get; } = connectionString;

    /// <summary>Which database that is, as a person may read it: no password.</summary>
    public abstract string Place { get; }

    /// <summary>
    /// After <see cref="PrepareAsync"/>: the files and folders that other users of the machine may still read, as
    /// sentences for the log.
    /// </summary>
    public virtual IReadOnlyList<string> OpenToOthers => [];

    /// <summary>Reads the key.</summary>
    /// <exception cref="StartException">It names no database that can be used.</exception>
    public static ChatDatabase From(IConfiguration configuration)
    {
        try
        {
            return At(configuration.GetConnectionString("Chat") ?? Default);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"{Key} is not a usable connection string: {e.Message}");
        }
    }

    /// <summary>The database of a connection string: PostgreSQL if it names a host, SQLite if it names a file.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static ChatDatabase At(string connectionString)
    {
        var keys = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return keys.ContainsKey("Host") || keys.ContainsKey("Server") ? new PostgresDatabase(connectionString) : new SqliteDatabase(connectionString);
    }

    /// <summary>Lets a context use it, with a migrations history of its own.</summary>
    public void Use(DbContextOptionsBuilder options, string migrationsTable)
    {
        UseProvider(options, migrationsTable);
        // One line for every statement is for who looks for a fault in here, not for who runs a server.
        options.ConfigureWarnings(w => w.Log((RelationalEventId.CommandExecuted, LogLevel.Debug)));
    }

    /// <summary>The same for a context that is made by hand.</summary>
    public DbContextOptions<T> Options<T>(string migrationsTable) where T : DbContext
    {
        var options = new DbContextOptionsBuilder<T>();
        Use(options, migrationsTable);
        return options.Options;
    }

    /// <summary>Opens it for the first time, and sets what stays set in it.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public abstract Task PrepareAsync(CancellationToken cancellation = default);

    /// <summary>
    /// For a server: notices from now on if somebody moves, deletes or replaces the database. Only for a database in a
    /// file.
    /// </summary>
    public virtual void Watch()
    {
    }

    /// <summary>Brings a context's tables up to date.</summary>
    /// <exception cref="StartException">The database does not allow it.</exception>
    public Task MigrateAsync(DbContext db, CancellationToken cancellation = default) =>
        MigrateAsync(db, NullLogger.Instance, cancellation);

    /// <summary>The same, with a line in the log where it takes long because others use the tables.</summary>
    public abstract Task MigrateAsync(DbContext db, ILogger logger, CancellationToken cancellation = default);

    protected abstract void UseProvider(DbContextOptionsBuilder options, string migrationsTable);

    /// <summary>What a person reads who started a server that cannot use its database.</summary>
    protected StartException Unusable(string reason, Exception? error = null) => new($"{Key} ({Place}): {reason}", error);
}
