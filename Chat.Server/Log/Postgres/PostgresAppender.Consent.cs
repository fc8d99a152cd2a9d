using System.Globalization;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>Statements that run seldom: each is a round trip of its own, in the transaction.</summary>
internal sealed partial class PostgresAppender
{
    protected override int Run(string sql, params object[] values)
    {
        using var batch = NewBatch();
        batch.BatchCommands.Add(Command(sql, values));
        return Guarded(batch.ExecuteNonQuery);
    }

    protected override string[]? FirstRow(string sql, params object[] values)
    {
        using var batch = NewBatch();
        batch.BatchCommands.Add(Command(sql, values));
        return Guarded(() =>
        {
            using var row = batch.ExecuteReader();
            return row.Read()
                ? [.. Enumerable.Range(0, row.FieldCount).Select(i =>
                    Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture)!)] : (string[]?)null;
        });
    }

    protected override Standing FindStandingNow(string roomId, string userId) => LookAgain(roomId, userId);

    private static NpgsqlBatchCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value is string text ? PostgresSource.Value(text)
                : PostgresSource.Value((long)value));
        return command;
    }
}
