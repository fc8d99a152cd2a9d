using System.Text;
using SQLitePCL;

namespace Chat.Server.Log.Sqlite;

/// <summary>The rows of one run of a <see cref="SqliteStatement"/>, one after the other. Disposing it ends the run.</summary>
internal readonly struct SqliteRows(SqliteStatement statement, sqlite3_stmt handle) : IDisposable
{
    /// <summary>Goes to the next row; false if there is none. The getters are of this row.</summary>
    public bool Read() => statement.Step();

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(handle, column);

    public long? GetInt64OrNull(int column) => IsNull(column) ? null : GetInt64(column);

    public bool GetBoolean(int column) => GetInt64(column) != 0;

    public string GetString(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? GetStringOrNull(int column) => IsNull(column) ? null : GetString(column);

    public void Dispose() => statement.Reset();
}
