namespace Chat.Server.Log.Sqlite;

/// <summary>Statements that run seldom: each is compiled when it is needed first.</summary>
internal sealed partial class SqliteAppender
{
    private readonly Dictionary<string, SqliteStatement> _seldom = [];

    protected override int Run(string sql, params object[] values) => Seldom(sql).Execute(Values(values));

    protected override string[]? FirstRow(string sql, params object[] values)
    {
        var statement = Seldom(sql);
        using var row = statement.Query(Values(values));
        if (!row.Read())
            return null;
        var columns = new string[statement.Columns];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = row.GetString(i);
        return columns;
    }

    protected override Standing FindStandingNow(string roomId, string userId) => FindStanding(roomId, userId);

    private SqliteStatement Seldom(string sql) =>
        _seldom.TryGetValue(sql, out var statement) ? statement : _seldom[sql] = Sql(sql);

    private static SqliteValue[] Values(object[] values) =>
        [.. values.Select(v => v is string text ? (SqliteValue)text : (SqliteValue)(long)v)];
}
