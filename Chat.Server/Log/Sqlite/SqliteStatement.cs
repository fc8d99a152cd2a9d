using Microsoft.Data.Sqlite;

namespace Chat.Server.Log.Sqlite;

/// <summary>A statement compiled once and run many times on its connection. Not thread-safe, as the connection is not.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <param name="connection">An open connection, which must live longer.</param>
    /// <param name="sql">With parameters <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">How many there are.</param>
    public SqliteStatement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
            _command.Parameters.Add(new SqliteParameter("$" + i, null));
        _command.Prepare();
    }

    /// <summary>Runs it and answers with the number of rows that it changed.</summary>
    public int Execute(params ReadOnlySpan<object?> values) => Bind(values).ExecuteNonQuery();

    /// <summary>Runs it; the caller disposes the reader before the next run.</summary>
    public SqliteDataReader Query(params ReadOnlySpan<object?> values) => Bind(values).ExecuteReader();

    public void Dispose() => _command.Dispose();

    private SqliteCommand Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return _command;
    }
}
