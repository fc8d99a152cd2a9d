using System.Net.Sockets;
using Npgsql;

namespace Chat.Server.Hosting;

/// <summary>What PostgreSQL's errors mean to a person. <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/></summary>
internal static class PostgresErrors
{
    // Npgsql has no names for these.
    private const string IdleInTransaction = "25P03", IdleSession = "57P05";

    /// <summary>The server is a standby now: connections to it are of no use any more.</summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <summary>Whether it is about the server or the way to it, not about what was written.</summary>
    public static bool IsOfTheStore(NpgsqlException error) => error is not PostgresException answered || answered.SqlState switch
    {
        // Somebody holds a row; writes to other rows go on.
        PostgresErrorCodes.LockNotAvailable => false,
        // Errors of the statement itself: class 42 is a missing object or a missing right.
        [var a, var b, ..] => !IsOfTheWrite(error) && $"{a}{b}" is not "42",
        _ => true,
    };

    /// <summary>
    /// Whether the written data caused the error: 21 cardinality, 22 data, 23 constraint, 54 more than an index or a
    /// row can hold, P0 raised by a function. The same write fails each time.
    /// </summary>
    public static bool IsOfTheWrite(NpgsqlException error) =>
        error is PostgresException { SqlState: [var a, var b, ..] }
            && $"{a}{b}" is "21" or "22" or "23" or "54" or "P0";

    /// <summary>Whether somebody else held a row for longer than the lock timeout.</summary>
    public static bool IsLockTimeout(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Whether another transaction was in the way: nothing was done, and the same may succeed later.</summary>
    public static bool IsInEachOthersWay(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.SerializationFailure,
    };

    /// <summary>
    /// Two transactions in each other's way, or a connection that was gone before anything was committed: the next try has another one.
    /// A timeout is not one of these, since whoever waits has waited long enough.
    /// </summary>
    public static bool IsPassing(NpgsqlException error) => error is PostgresException answered
        ? answered.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.ReadOnlySqlTransaction
            or IdleInTransaction or IdleSession
        : error.InnerException is IOException and not { InnerException: TimeoutException } or SocketException or ObjectDisposedException;

    public static string Describe(NpgsqlException error) => error is PostgresException answered ? Describe(answered) : error.InnerException switch
    {
        TimeoutException or IOException { InnerException: TimeoutException } => "the database does not answer in time",
        SocketException socket => $"the database cannot be reached ({Name(socket.SocketErrorCode)})",
        _ when error.Message.Contains("SSL", StringComparison.Ordinal) => "the database and this server agree on no encryption (SSL Mode)",
        _ when error.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) => "all connections to the database are in use",
        _ => "the connection to the database was lost",
    };

    private static string Describe(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "the database refuses this user or password",
        PostgresErrorCodes.InvalidCatalogName => "the server has no such database; create it first",
        PostgresErrorCodes.InsufficientPrivilege => "the database does not let this user do that",
        PostgresErrorCodes.TooManyConnections => "the database has too many connections",
        PostgresErrorCodes.DiskFull => "the database's disk is full",
        PostgresErrorCodes.ReadOnlySqlTransaction => "the database is read-only: a standby, or set so",
        PostgresErrorCodes.CannotConnectNow => "the database is starting or stopping",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "the database closed the connection",
        PostgresErrorCodes.LockNotAvailable => "somebody else holds what it needs for too long",
        PostgresErrorCodes.QueryCanceled => "the database does not answer in time",
        _ => $"the database failed (PostgreSQL {error.SqlState})",
    };

    private static string Name(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nothing listens there",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "no such host",
        SocketError.TimedOut => "no answer",
        _ => error.ToString(),
    };
}
