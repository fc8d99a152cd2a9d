using System.Text.Json;
using Chat.Contracts;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>How events are written to rows, many at once, and read back.</summary>
internal static class PostgresEvents
{
    public const string Columns =
        "\"RoomId\", \"Seq\", \"Type\", \"SenderId\", \"SenderName\", \"At\", \"ClientId\", \"Body\", \"ReplyTo\", \"Target\", \"ById\", \"ByName\", \"Change\", "
        + "\"SenderKind\", \"ByKind\", \"Generation\"";

    private const string InsertSql =
        $"INSERT INTO \"Events\" ({Columns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    /// <summary>One statement with an array for each column, however many events there are.</summary>
    public static NpgsqlBatchCommand Insert(IReadOnlyList<ChatEvent> events)
    {
        return new NpgsqlBatchCommand(InsertSql)
        {
            Parameters =
            {
                Column(e => e.RoomId), Column(e => e.Seq), Column(e => e.Type), Column(e => e.Sender.Id), Column(e => e.Sender.Name),
                Column(e => new DateTimeOffset(e.At).ToUnixTimeMilliseconds()), Column(e => e.ClientId), Column(e => e.Body), Column(e => e.ReplyTo),
                Column(e => e.Target), Column(e => e.By?.Id), Column(e => e.By?.Name),
                Column(e => e.Room is null ? null : JsonSerializer.Serialize(e.Room, ChatJson.Options)),
                Column(e => (int?)e.Sender.Kind), Column(e => (int?)e.By?.Kind), Column(e => e.Generation),
            },
        };

        NpgsqlParameter Column<T>(Func<ChatEvent, T> value)
        {
            var column = new T[events.Count];
            for (var i = 0; i < column.Length; i++)
                column[i] = value(events[i]);
            return PostgresSource.Value(column);
        }
    }

    public static ChatEvent Read(NpgsqlDataReader row)
    {
        var roomId = row.GetString(0);
        var seq = row.GetInt64(1);
        return new ChatEvent
        {
            RoomId = roomId,
            Seq = seq,
            Id = Identifier.OfEvent(roomId, seq),
            Type = row.GetString(2),
            Sender = new UserRef(row.GetString(3), row.GetString(4), Kind(13)),
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)).UtcDateTime,
            ClientId = Text(6),
            Body = Text(7),
            ReplyTo = Number(8),
            Target = Number(9),
            By = row.IsDBNull(10) ? null : new UserRef(row.GetString(10), row.GetString(11), Kind(14)),
            Room = row.IsDBNull(12) ? null : JsonSerializer.Deserialize<RoomChange>(row.GetString(12), ChatJson.Options),
            Generation = Text(15),
        };

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        UserKind? Kind(int column) => row.IsDBNull(column) ? null : (UserKind)row.GetInt32(column);
        long? Number(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
    }
}
