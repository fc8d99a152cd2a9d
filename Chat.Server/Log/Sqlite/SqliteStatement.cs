using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Chat.Server.Log.Sqlite;

/// <summary>
/// A statement compiled once and run many times on its connection. Not thread-safe, as the connection is not. Straight on SQLite's own
/// interface: on the append path, <see cref="SqliteCommand"/> cost as much as SQLite itself.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>
    /// The name of the <see cref="DiagnosticListener"/> that is told each <see cref="Compiled"/> statement, as EF
    /// Core's is told its own.
    /// </summary>
    public const string Listener = "Chat.Server.Log.Sqlite";

    private const uint Persistent = 1; // SQLITE_PREPARE_PERSISTENT
    private const int StackBytes = 512;

    private static readonly DiagnosticListener s_listener = new(Listener);

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <param name="connection">An open connection, which must live longer.</param>
    /// <param name="sql">One statement, with parameters <c>?1</c>, <c>?2</c> …</param>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, Persistent, out _statement));
        if (s_listener.IsEnabled())
            s_listener.Write(nameof(Compiled), new Compiled(connection.DataSource, sql));
    }

    /// <summary>Runs it and answers with the number of rows that it changed.</summary>
    public int Execute(params ReadOnlySpan<SqliteValue> values)
    {
        Bind(values);
        try
        {
            Step();
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs it; the caller disposes the rows before the next run.</summary>
    public SqliteRows Query(params ReadOnlySpan<SqliteValue> values)
    {
        Bind(values);
        return new SqliteRows(this, _statement);
    }

    /// <summary>The number of columns of its rows.</summary>
    public int Columns => raw.sqlite3_column_count(_statement);

    public void Dispose() => _statement.Dispose();

    /// <summary>To the next row; false if there is none.</summary>
    internal bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result != raw.SQLITE_ROW && result != raw.SQLITE_DONE)
            Check(result);
        return result == raw.SQLITE_ROW;
    }

    /// <summary>Ends a run, and with it what it has locked. Its error, if it had one, was thrown by <see cref="Step"/>.</summary>
    internal void Reset() => raw.sqlite3_reset(_statement);

    private void Bind(ReadOnlySpan<SqliteValue> values)
    {
        for (var i = 0; i < values.Length; i++)
            Check(Bind(i + 1, values[i]));
    }

    private int Bind(int parameter, SqliteValue value) => value switch
    {
        { Number: { } number } => raw.sqlite3_bind_int64(_statement, parameter, number),
        // A span of nothing is a null pointer, which SQLite takes for NULL.
        { Text: "" } => raw.sqlite3_bind_text(_statement, parameter, ""),
        { Text: { } text } => BindText(parameter, text),
        _ => raw.sqlite3_bind_null(_statement, parameter),
    };

    private int BindText(int parameter, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        return raw.sqlite3_bind_text(_statement, parameter, (ReadOnlySpan<byte>)bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);

    /// <summary>The value that a listener gets.</summary>
    internal sealed record Compiled(string DataSource, string Sql);
}
