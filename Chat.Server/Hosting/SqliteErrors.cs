using Microsoft.Data.Sqlite;

namespace Chat.Server.Hosting;

/// <summary>What SQLite's result codes mean to a person.</summary>
internal static class SqliteErrors
{
    private const int TooBig = 18, Constraint = 19, Mismatch = 20, OutOfRange = 25;
    private const int ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26, Busy = 5;

    /// <summary>Whether it is about the file or the disk, not about what was written.</summary>
    public static bool IsOfTheStore(int code) => code is ReadOnly or InputOutput or Corrupt or Full or CannotOpen or NotADatabase or Busy;

    /// <summary>Whether the written data caused the error: a constraint, a type, or more than a row can hold.</summary>
    public static bool IsOfTheWrite(int code) => code is TooBig or Constraint or Mismatch or OutOfRange;

    public static string Describe(SqliteException error) => error.SqliteErrorCode switch
    {
        _ when error.SqliteExtendedErrorCode == SqliteFile.MovedCode =>
            "the database file was moved away or replaced; put it back, or stop the server and start it with the file "
                + "that it shall use",
        Full => "the disk is full",
        ReadOnly => "the database is read-only",
        InputOutput => "the disk has an error",
        Corrupt => "the database file is damaged",
        NotADatabase => "the file is not a database",
        CannotOpen => "the database file cannot be opened",
        Busy => "the database is locked by another process",
        var code => $"the database failed (SQLite {code})",
    };
}
