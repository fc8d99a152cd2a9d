using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// The rows of requests, invitations and blocks. They change seldom, so each statement runs at once, and both databases
/// run the same statements. Each statement is one look into an index, or counts a range of an index up to a bound.
/// </summary>
internal abstract partial class Appender
{
    /// <summary>Runs a statement at once; returns the number of rows that it changed.</summary>
    /// <param name="sql">With parameters <c>$1</c>, <c>$2</c> …, which first occur in this order.</param>
    /// <param name="values">Text, or numbers as <see cref="long"/>.</param>
    protected abstract int Run(string sql, params object[] values);

    /// <summary>Runs a query at once; returns the first row as text, or null.</summary>
    protected abstract string[]? FirstRow(string sql, params object[] values);

    /// <summary>The membership of a person whom the write's <see cref="Subject"/> could not name.</summary>
    protected abstract Standing FindStandingNow(string roomId, string userId);

    private bool FindBlock(string userId, string otherId) =>
        FirstRow("SELECT 1 FROM \"Blocks\" WHERE \"UserId\" = $1 AND \"OtherId\" = $2", userId, otherId) is not null;

    private void PutBlock(string userId, UserRef other, long at) => Run(
        "INSERT INTO \"Blocks\" (\"UserId\", \"OtherId\", \"OtherName\", \"At\", \"OtherKind\") VALUES ($1, $2, $3, $4, nullif($5, -1)) ON CONFLICT DO NOTHING",
        userId, other.Id, other.Name, at, Number(other.Kind));

    /// <summary>False if there was no block.</summary>
    private bool DeleteBlock(string userId, string otherId) =>
        Run("DELETE FROM \"Blocks\" WHERE \"UserId\" = $1 AND \"OtherId\" = $2", userId, otherId) > 0;

    private bool FindHidden(string userId, string roomId) =>
        FirstRow("SELECT 1 FROM \"HiddenRooms\" WHERE \"UserId\" = $1 AND \"RoomId\" = $2", userId, roomId) is not null;

    /// <summary>Hides the room; a request in it waits no longer. False if the room was hidden already.</summary>
    private bool Hide(string userId, string roomId)
    {
        var hidden = Run(
            "INSERT INTO \"HiddenRooms\" (\"UserId\", \"RoomId\") VALUES ($1, $2) ON CONFLICT DO NOTHING",
            userId, roomId);
        if (hidden == 0)
            return false;
        SetDeclined(userId, roomId, declined: true);
        return true;
    }

    /// <summary>
    /// Shows the room unless the other member is blocked; a request waits again. False if nothing has changed.
    /// </summary>
    private bool Unhide(string userId, string roomId)
    {
        var shown = Run(
            "DELETE FROM \"HiddenRooms\" WHERE \"UserId\" = $1 AND \"RoomId\" = $2 AND NOT EXISTS "
            + "(SELECT 1 FROM \"Members\" m JOIN \"Blocks\" b ON b.\"UserId\" = $1 AND b.\"OtherId\" = m.\"UserId\" "
            + "WHERE m.\"RoomId\" = $2)", userId, roomId);
        if (shown == 0)
            return false;
        SetDeclined(userId, roomId, declined: false);
        return true;
    }

    private void SetDeclined(string userId, string roomId, bool declined) => Run(
        "UPDATE \"Requests\" SET \"Declined\" = $1 WHERE \"RoomId\" = $2 AND \"ToId\" = $3",
        declined ? 1L : 0L, roomId, userId);

    private void PutRequest(string roomId, string byId, string toId, long at, bool declined)
    {
        Run(
            "INSERT INTO \"Requests\" (\"RoomId\", \"ById\", \"ToId\", \"At\", \"Declined\") "
            + "VALUES ($1, $2, $3, $4, $5)",
            roomId, byId, toId, at, declined ? 1L : 0L);
        Run("UPDATE \"Rooms\" SET \"RequestTo\" = $1 WHERE \"Id\" = $2", toId, roomId);
    }

    private string? FindRequester(string roomId) =>
        FirstRow("SELECT \"ById\" FROM \"Requests\" WHERE \"RoomId\" = $1", roomId)?[0];

    private void DeleteRequest(string roomId)
    {
        Run("DELETE FROM \"Requests\" WHERE \"RoomId\" = $1", roomId);
        Run("UPDATE \"Rooms\" SET \"RequestTo\" = NULL WHERE \"Id\" = $1", roomId);
    }

    private FoundInvitation? FindInvitation(string userId, string roomId) =>
        FirstRow("SELECT \"ById\", \"ByName\", \"Declined\", coalesce(\"ByKind\", -1) FROM \"RoomInvitations\" WHERE \"UserId\" = $1 AND \"RoomId\" = $2", userId, roomId) is [var id, var name, var declined, var kind]
            ? new FoundInvitation(new UserRef(id, name, Kind(kind)), declined != "0", declined == "2")
            : null;

    private void PutInvitation(string roomId, UserRef person, UserRef by, long at, bool declined) => Run(
        "INSERT INTO \"RoomInvitations\" (\"UserId\", \"RoomId\", \"UserName\", \"ById\", \"ByName\", \"At\", \"Declined\", \"UserKind\", \"ByKind\") "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, -1), nullif($9, -1)) "
        + "ON CONFLICT (\"UserId\", \"RoomId\") DO UPDATE SET \"ById\" = excluded.\"ById\", "
        + "\"ByName\" = excluded.\"ByName\", \"ByKind\" = excluded.\"ByKind\", \"At\" = excluded.\"At\", "
        + "\"Declined\" = excluded.\"Declined\"",
        person.Id, roomId, person.Name, by.Id, by.Name, at, declined ? 1L : 0L, Number(person.Kind), Number(by.Kind));

    private void DeclineInvitation(string userId, string roomId) =>
        Run("UPDATE \"RoomInvitations\" SET \"Declined\" = 1 WHERE \"UserId\" = $1 AND \"RoomId\" = $2",
            userId, roomId);

    private void DeclineInvitationsBy(string byId, string userId) =>
        Run("UPDATE \"RoomInvitations\" SET \"Declined\" = 1 WHERE \"ById\" = $1 AND \"UserId\" = $2 "
            + "AND \"Declined\" = 0", byId, userId);

    /// <summary>The inviter no longer sees the invitation; the row remembers that it was declined.</summary>
    private void WithdrawDeclined(string userId, string roomId) =>
        Run("UPDATE \"RoomInvitations\" SET \"Declined\" = 2 WHERE \"UserId\" = $1 AND \"RoomId\" = $2",
            userId, roomId);

    private void DeleteInvitation(string userId, string roomId) =>
        Run("DELETE FROM \"RoomInvitations\" WHERE \"UserId\" = $1 AND \"RoomId\" = $2", userId, roomId);

    private void CountChange(string userId) => Run(
        "INSERT INTO \"ConsentVersions\" (\"UserId\", \"Version\") VALUES ($1, 1) ON CONFLICT (\"UserId\") DO UPDATE SET \"Version\" = \"ConsentVersions\".\"Version\" + 1", userId);

    private long CountBlocks(string userId, int most) =>
        Count("\"Blocks\" WHERE \"UserId\" = $1 LIMIT $2", userId, (long)most);

    private long CountHidden(string userId, int most) =>
        Count("\"HiddenRooms\" WHERE \"UserId\" = $1 LIMIT $2", userId, (long)most);

    /// <summary>
    /// Counts refused requests, too, and for as long: otherwise the number would tell of a refusal.
    /// </summary>
    private long CountOpenRequests(string userId, int most) =>
        Count("\"Requests\" WHERE \"ById\" = $1 AND \"At\" > $2 LIMIT $3", userId, OpenSince, (long)most);

    private long CountWaitingRequests(string userId, int most) =>
        Count("\"Requests\" WHERE \"ToId\" = $1 AND \"Declined\" = 0 LIMIT $2", userId, (long)most);

    /// <summary>Counts declined invitations, too, for the same reason.</summary>
    private long CountOpenInvitations(string userId, int most) => Count(
        "\"RoomInvitations\" WHERE \"ById\" = $1 AND \"At\" > $2 AND \"Declined\" < 2 LIMIT $3",
        userId, OpenSince, (long)most);

    /// <summary>Counts the open invitations of one person to another.</summary>
    private long CountOpenInvitations(string byId, string userId, int most) => Count(
        "\"RoomInvitations\" WHERE \"ById\" = $1 AND \"At\" > $2 AND \"Declined\" < 2 AND \"UserId\" = $3 LIMIT $4",
        byId, OpenSince, userId, (long)most);

    private long CountWaitingInvitations(string userId, int most) =>
        Count("\"RoomInvitations\" WHERE \"UserId\" = $1 AND \"Declined\" = 0 LIMIT $2", userId, (long)most);

    /// <summary>Requests and invitations that were made before this no longer count as open.</summary>
    private long OpenSince => Milliseconds - (long)ConsentBounds.OpenFor.TotalMilliseconds;

    /// <summary>Parameters are never null: −1 stands for an unknown kind.</summary>
    private static long Number(UserKind? kind) => kind is { } known ? (long)known : -1;

    private static UserKind? Kind(string number) =>
        number == "-1" ? null : (UserKind)int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);

    private long Count(string range, params object[] values) => long.Parse(
        FirstRow($"SELECT count(*) FROM (SELECT 1 FROM {range}) AS few", values)![0],
        System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="By">The inviter.</param>
    /// <param name="Declined">The person has declined it, or blocks the inviter.</param>
    /// <param name="Withdrawn">It was taken back after that.</param>
    private readonly record struct FoundInvitation(UserRef By, bool Declined, bool Withdrawn);
}
