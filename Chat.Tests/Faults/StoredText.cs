using Chat.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Chat.Tests.Faults;

/// <summary>Looks into a SQLite database whose server is dead, whatever its tables are.</summary>
public static class StoredText
{
    /// <summary>How many rows of all tables have exactly this text, committed. Works on a copy, so that nothing is repaired by looking.</summary>
    public static int Count(string database, string text)
    {
        using var folder = new TemporaryFolder();
        var copy = folder.File("copy.db");
        File.Copy(database, copy);
        if (File.Exists(database + "-wal"))
            File.Copy(database + "-wal", copy + "-wal");

        using var connection = new SqliteConnection($"Data Source={copy};Pooling=False");
        connection.Open();
        var places = Read(connection,
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'", null);
        return places.Sum(place => Read(connection, $"SELECT '', '' FROM \"{place.Item1}\" WHERE \"{place.Item2}\" = $text", text).Count);
    }

    private static List<(string, string)> Read(SqliteConnection connection, string sql, string? text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from the database's own schema.
        command.CommandText = sql;
#pragma warning restore CA2100
        if (text is not null)
            command.Parameters.AddWithValue("$text", text);
        using var reader = command.ExecuteReader();
        var rows = new List<(string, string)>();
        while (reader.Read())
            rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }
}
