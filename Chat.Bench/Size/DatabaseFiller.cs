using System.Data.Common;
using Npgsql;

namespace Chat.Bench.Size;

/// <summary>
/// Fills a chat database with rooms, members and messages by a few bulk statements. The rows are those that the server
/// itself would have written event by event. Nothing else may write to these rooms meanwhile.
/// </summary>
/// <param name="connection">An open connection to a database whose migrations have been applied.</param>
public sealed class DatabaseFiller(DbConnection connection)
{
    private const string EventColumns =
        "\"RoomId\", \"Seq\", \"Type\", \"SenderId\", \"SenderName\", \"At\", \"ClientId\", \"Body\"";
    private const string MemberColumns =
        "\"RoomId\", \"UserId\", \"UserName\", \"Owner\", \"JoinSeq\", \"LeftSeq\", \"ReadUpTo\"";
    private const string RoomColumns =
        "\"Id\", \"Kind\", \"Name\", \"NameKey\", \"Topic\", \"Head\", \"MemberCount\", \"CountedAt\"";
    private const string Body = "'a message of a length that people write, neither short nor long, number ' || g";

    private readonly bool _postgres = connection is NpgsqlConnection;

    /// <summary>
    /// A public room: <paramref name="owner"/> and other members, then messages, each by another of the first ten
    /// members.
    /// </summary>
    /// <param name="id">Letters and digits.</param>
    /// <param name="owner">The id and the name of the first member.</param>
    /// <param name="members">The number of members, the first included; at least 1.</param>
    /// <param name="messages">The number of messages.</param>
    /// <param name="unread">The number of messages at the end that nobody has read.</param>
    /// <param name="ct">Gives up.</param>
    public async Task AddRoomAsync(string id, (string Id, string Name) owner, int members, int messages, int unread,
        CancellationToken ct)
    {
        var (head, read) = (members + messages, members + Math.Max(0, messages - unread));
        var (userId, userName) = ($"CASE WHEN g = 1 THEN '{owner.Id}' ELSE '{id}m' || g END",
            $"CASE WHEN g = 1 THEN '{owner.Name}' ELSE 'member ' || g END");
        await RunAsync(
            $"INSERT INTO \"Rooms\" ({RoomColumns}) "
            + $"VALUES ('{id}', 0, 'Room {id}', 'room {id}', '', {head}, {members}, {head})", ct);
        await RunAsync(
            $"INSERT INTO \"Members\" ({MemberColumns}) "
            + $"SELECT '{id}', {userId}, {userName}, g = 1, g, NULL, {read} FROM {Series(members)}", ct);
        await RunAsync(
            $"INSERT INTO \"Events\" ({EventColumns}) SELECT '{id}', g, 'join', {userId}, {userName}, 1700000000000 + g, NULL, NULL FROM {Series(members)}", ct);
        var sender = $"(g % {Math.Min(members, 10)} + 1)";
        await RunAsync(
            $"INSERT INTO \"Events\" ({EventColumns}) SELECT '{id}', {members} + g, 'message', "
            + $"CASE WHEN {sender} = 1 THEN '{owner.Id}' ELSE '{id}m' || {sender} END, CASE WHEN {sender} = 1 THEN '{owner.Name}' ELSE 'member ' || {sender} END, "
            + $"1700000000000 + g, 'c' || (1000000000 + g), {Body} FROM {Series(messages)}", ct);
    }

    /// <summary>
    /// Rooms of one person with somebody else in each. The other person has sent <paramref name="messages"/> messages
    /// to each room; all are unread.
    /// </summary>
    /// <param name="prefix">The beginning of the rooms' ids.</param>
    /// <param name="person">The person's id and name.</param>
    /// <param name="rooms">The number of rooms.</param>
    /// <param name="messages">The number of messages in each room.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="kind">Public or private.</param>
    public async Task AddRoomsOfAsync(string prefix, (string Id, string Name) person, int rooms, int messages,
        CancellationToken ct, Contracts.RoomKind kind = Contracts.RoomKind.Private)
    {
        var head = messages + 2;
        var id = $"'{prefix}' || g";
        await RunAsync(
            $"INSERT INTO \"Rooms\" ({RoomColumns}) "
            + $"SELECT {id}, {(int)kind}, 'Room {prefix} ' || g, 'room {prefix} ' || g, '', {head}, 2, {head} "
            + $"FROM {Series(rooms)}", ct);
        await RunAsync(
            $"INSERT INTO \"Members\" ({MemberColumns}) "
            + $"SELECT {id}, '{person.Id}', '{person.Name}', TRUE, 1, NULL, 2 FROM {Series(rooms)}", ct);
        await RunAsync(
            $"INSERT INTO \"Members\" ({MemberColumns}) "
            + $"SELECT {id}, '{prefix}other', 'other', FALSE, 2, NULL, 2 FROM {Series(rooms)}", ct);
        for (var seq = 1; seq <= 2; seq++)
        {
            var (userId, userName) = seq == 1 ? person : ($"{prefix}other", "other");
            await RunAsync(
                $"INSERT INTO \"Events\" ({EventColumns}) SELECT {id}, {seq}, 'join', '{userId}', '{userName}', 1700000000000, NULL, NULL FROM {Series(rooms)}", ct);
        }
        await RunAsync(
            $"INSERT INTO \"Events\" ({EventColumns}) SELECT '{prefix}' || r, 2 + g, 'message', '{prefix}other', 'other', 1700000000000 + g, 'c' || (1000000000 + g), {Body} "
            + $"FROM (SELECT g AS r FROM {Series(rooms)}) rooms CROSS JOIN {Series(messages)}", ct);
    }

    /// <summary>
    /// Adds a number of people with accounts, each signed in. The first thousand have no look of their name, as an
    /// older version left them.
    /// </summary>
    public async Task AddAccountsAsync(string prefix, int accounts, CancellationToken ct)
    {
        await RunAsync(
            "INSERT INTO \"Accounts\" (\"Id\", \"Kind\", \"Created\", \"UserName\", \"NormalizedUserName\", \"EmailConfirmed\", \"PhoneNumberConfirmed\", "
            + "\"TwoFactorEnabled\", \"LockoutEnabled\", \"AccessFailedCount\", \"NameLook\") "
            + $"SELECT '{prefix}' || g, 'Guest', '2026-01-01 00:00:00', '{prefix} ' || g, '{prefix} ' || g, FALSE, "
            + $"FALSE, FALSE, FALSE, 0, CASE WHEN g > 1000 THEN '{prefix} ' || g END FROM {Series(accounts)}", ct);
        await RunAsync(
            "INSERT INTO \"SignIns\" (\"Id\", \"AccountId\", \"Created\", \"Refreshed\", \"Expires\") "
            + $"SELECT 's{prefix}' || g, '{prefix}' || g, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2099-01-01 00:00:00' FROM {Series(accounts)}", ct);
    }

    /// <summary>
    /// Adds blocks, hidden rooms, requests and invitations of other people, and their wrong passwords.
    /// </summary>
    public async Task AddConsentAsync(string prefix, int rows, CancellationToken ct)
    {
        var (one, other) = ($"'{prefix}' || g", $"'{prefix}o' || g");
        await RunAsync(
            "INSERT INTO \"Blocks\" (\"UserId\", \"OtherId\", \"OtherName\", \"At\") "
            + $"SELECT {one}, {other}, {other}, g FROM {Series(rows)}", ct);
        await RunAsync(
            $"INSERT INTO \"HiddenRooms\" (\"UserId\", \"RoomId\") SELECT {one}, {other} FROM {Series(rows)}", ct);
        await RunAsync(
            "INSERT INTO \"Requests\" (\"RoomId\", \"ById\", \"ToId\", \"At\", \"Declined\") "
            + $"SELECT {one}, {one}, {other}, g, 0 FROM {Series(rows)}", ct);
        await RunAsync(
            "INSERT INTO \"RoomInvitations\" "
            + "(\"UserId\", \"RoomId\", \"UserName\", \"ById\", \"ByName\", \"At\", \"Declined\") "
            + $"SELECT {one}, {other}, {one}, {other}, {other}, g, 0 FROM {Series(rows)}", ct);
        await RunAsync(
            $"INSERT INTO \"ConsentVersions\" (\"UserId\", \"Version\") SELECT {one}, 1 FROM {Series(rows)}", ct);
        await RunAsync(
            "INSERT INTO \"FailedLogins\" (\"Name\", \"Count\", \"Last\") "
            + $"SELECT {one}, 1, '2099-01-01 00:00:00' FROM {Series(rows)}", ct);
    }

    /// <summary>
    /// Gathers the statistics by which the database plans statements, and cleans up its files, as a database does by
    /// itself in time.
    /// </summary>
    public Task SettleAsync(CancellationToken ct) =>
        RunAsync(_postgres ? "VACUUM (ANALYZE)" : "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)", ct);

    private async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The FROM clause of a table with the numbers 1 … n in a column g.</summary>
    private string Series(int n) => _postgres
        ? $"generate_series(1, {n}) AS series(g)"
        : $"(WITH RECURSIVE s(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM s WHERE g < {n}) SELECT g FROM s WHERE {n} > 0) series";
}
