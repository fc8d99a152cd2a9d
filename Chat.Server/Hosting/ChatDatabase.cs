using Chat.Server.Log.Sqlite;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Hosting;

/// <summary>Where everything is kept: the connection string <c>ConnectionStrings:Chat</c>.</summary>
public sealed record ChatDatabase(string ConnectionString)
{
    public const string Key = "ConnectionStrings:Chat";

    public const string Default = "Data Source=data/chat.db";

    public static ChatDatabase From(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Chat") ?? Default;
        try
        {
            var parsed = new SqliteConnectionStringBuilder(text);
            if (parsed.DataSource is "" or ":memory:" || parsed.Mode is SqliteOpenMode.Memory or SqliteOpenMode.ReadOnly)
                throw new ArgumentException("it must name a file that can be written");
            return new ChatDatabase(parsed.ConnectionString);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"{Key} is not a usable connection string: {e.Message}");
        }
    }

    /// <summary>Makes the folder and switches the file to its write-ahead log, which stays set in the file.</summary>
    public async Task PrepareAsync()
    {
        var file = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
                Directory.CreateDirectory(folder);
            await using var connection = new SqliteConnection(ConnectionString);
            await connection.OpenAsync();
            await using var wal = connection.CreateCommand();
            wal.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;";
            await wal.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(e);
        }
    }

    public StartException Unusable(Exception e) => new(
        $"{Key} ({new SqliteConnectionStringBuilder(ConnectionString).DataSource}): {(e is SqliteException sqlite ? SqliteErrors.Describe(sqlite.SqliteErrorCode) : e.Message)}", e);
}
