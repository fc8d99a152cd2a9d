using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Log.Sqlite;

/// <summary>How an event is written to a row and read back.</summary>
internal static class SqliteEvents
{
    public const string Columns =
        "\"RoomId\", \"Seq\", \"Type\", \"SenderId\", \"SenderName\", \"At\", \"ClientId\", \"Body\", \"ReplyTo\", \"Target\", \"ById\", \"ByName\", \"Change\", "
        + "\"SenderKind\", \"ByKind\", \"Generation\"";

    /// <summary>Inserts, or does nothing if this sender has used this client id in this room before.</summary>
    public const string InsertSql =
        $"INSERT INTO \"Events\" ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
        + "ON CONFLICT (\"RoomId\", \"SenderId\", \"ClientId\") DO NOTHING";

    /// <summary>Runs a statement of <see cref="InsertSql"/>; 0 if it did nothing.</summary>
    public static int Insert(SqliteStatement statement, ChatEvent e) => statement.Execute(
        e.RoomId, e.Seq, e.Type, e.Sender.Id, e.Sender.Name, new DateTimeOffset(e.At).ToUnixTimeMilliseconds(), e.ClientId, e.Body,
        e.ReplyTo, e.Target, e.By?.Id, e.By?.Name, e.Room is null ? null
            : JsonSerializer.Serialize(e.Room, ChatJson.Options),
        (long?)e.Sender.Kind, (long?)e.By?.Kind, e.Generation);

    public static ChatEvent Read(SqliteRows row)
    {
        var roomId = row.GetString(0);
        var seq = row.GetInt64(1);
        return new ChatEvent
        {
            RoomId = roomId,
            Seq = seq,
            Id = Identifier.OfEvent(roomId, seq),
            Type = row.GetString(2),
            Sender = new UserRef(row.GetString(3), row.GetString(4), (UserKind?)row.GetInt64OrNull(13)),
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)).UtcDateTime,
            ClientId = row.GetStringOrNull(6),
            Body = row.GetStringOrNull(7),
            ReplyTo = row.GetInt64OrNull(8),
            Target = row.GetInt64OrNull(9),
            By = row.IsNull(10) ? null
                : new UserRef(row.GetString(10), row.GetString(11), (UserKind?)row.GetInt64OrNull(14)),
            Room = row.IsNull(12) ? null : JsonSerializer.Deserialize<RoomChange>(row.GetString(12), ChatJson.Options),
            Generation = row.GetStringOrNull(15),
        };
    }
}
