using System.Data.Common;
using Chat.Contracts;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Chat.Server.Hosting;

/// <summary>What a database's exceptions mean, whichever database it is and however deep EF Core has wrapped them.</summary>
internal static class DatabaseErrors
{
    /// <summary>Whether a database is behind it.</summary>
    public static bool IsFrom(Exception error) => Cause(error) is not null;

    /// <summary>What a caller is told.</summary>
    public static ChatException Unavailable(Exception error) => new(ErrorCodes.Unavailable, Describe(error), error);

    /// <summary>Whether it is about the store, not about what was written: trying parts of it again is no use.</summary>
    public static bool IsOfTheStore(Exception error) => Cause(error) switch
    {
        SqliteException e => SqliteErrors.IsOfTheStore(e.SqliteErrorCode),
        NpgsqlException e => PostgresErrors.IsOfTheStore(e),
        _ => false,
    };

    /// <summary>
    /// Whether the written data caused the error, as far as one failure can tell: the same write is likely to fail
    /// again.
    /// </summary>
    public static bool IsOfTheWrite(Exception error) => Cause(error) switch
    {
        SqliteException e => SqliteErrors.IsOfTheWrite(e.SqliteErrorCode),
        NpgsqlException e => PostgresErrors.IsOfTheWrite(e),
        null => !Faults.Of(error).MayRetry && error is not ChatException,
        _ => false,
    };

    /// <summary>
    /// Whether somebody else held a lock for too long. All writes to the same room wait for the same lock.
    /// </summary>
    public static bool IsOfTheRoom(Exception error) => Cause(error) is { } cause && PostgresErrors.IsLockTimeout(cause);

    /// <summary>Whether another transaction was in the way: nothing was done, and the same may succeed later.</summary>
    public static bool IsInEachOthersWay(Exception error) =>
        Cause(error) is { } cause && PostgresErrors.IsInEachOthersWay(cause);

    /// <summary>Whether nothing was written and the same may succeed at once.</summary>
    public static bool IsPassing(Exception error) => error is not ChatException && Cause(error) is NpgsqlException e && PostgresErrors.IsPassing(e);

    /// <summary>In a few words, without anything that was written.</summary>
    public static string Describe(Exception error) => Cause(error) switch
    {
        SqliteException e => SqliteErrors.Describe(e),
        NpgsqlException e => PostgresErrors.Describe(e),
        null when error is ChatException => error.Message,
        _ => "the log failed",
    };

    private static DbException? Cause(Exception? error)
    {
        while (error is not (null or DbException))
            error = error.InnerException;
        return error as DbException;
    }
}
