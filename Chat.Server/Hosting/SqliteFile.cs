using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Hosting;

/// <summary>
/// Checks whether the path of a SQLite database still leads to the file that a connection has open. A file that was
/// moved, deleted or replaced takes writes as before, but the next start would find another file, or none. Thread-safe.
/// </summary>
internal static class SqliteFile
{
    /// <summary>
    /// SQLITE_READONLY_DBMOVED: SQLite's own code for such a file, which it does not check for in write-ahead mode.
    /// </summary>
    public const int MovedCode = 8 | (4 << 8);

    // SQLITE_FCNTL_HAS_MOVED; https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html.
    private const int HasMovedOperation = 20;

    /// <summary>The error of a refused write.</summary>
    public static SqliteException Moved() => new("the database file was moved", MovedCode & 0xFF, MovedCode);

    /// <summary>
    /// Checks the path once. False also if the system cannot tell (Windows does not let an open file be moved), and for
    /// a closed connection.
    /// </summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        var added = false;
        var handle = connection.Handle;
        try
        {
            if (handle is null || handle.IsInvalid)
                return false;
            handle.DangerousAddRef(ref added);
            return sqlite3_file_control(handle.DangerousGetHandle(), "main", HasMovedOperation, out var moved) == 0
                && moved != 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (added)
                handle!.DangerousRelease();
        }
    }

    [DllImport("e_sqlite3", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int sqlite3_file_control(nint database, string name, int operation, out int answer);
}
