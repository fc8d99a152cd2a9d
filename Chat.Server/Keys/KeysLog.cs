namespace Chat.Server.Keys;

/// <summary>Log lines about the keys in the database. They hold ids only, never a key.</summary>
internal static partial class KeysLog
{
    [LoggerMessage(1100, LogLevel.Information,
        "Encrypted {Count} keys in the database with master key {Id}. An older version of the server cannot read them "
            + "(docs/operating.md, Keys)")]
    public static partial void Encrypted(this ILogger logger, int count, string id);

    [LoggerMessage(1101, LogLevel.Warning,
        "Wrote {Count} keys into the database without encryption, as \"Chat.Server keys plain\" asks. Anybody who "
            + "reads the database can forge tokens")]
    public static partial void Plain(this ILogger logger, int count);

    [LoggerMessage(1102, LogLevel.Error,
        "The keys in the database could not be encrypted or decrypted as asked: {Reason}")]
    public static partial void Stuck(this ILogger logger, string reason);

    [LoggerMessage(1103, LogLevel.Error,
        "A node of an older version is registered that cannot read the encrypted keys: it refuses valid tokens and "
            + "makes keys of its own. Stop it, or see docs/operating.md, Keys")]
    public static partial void OlderNode(this ILogger logger);

    [LoggerMessage(1104, LogLevel.Information,
        "Made a master key in {File}. Keep a copy of it apart from the backups of the database")]
    public static partial void Made(this ILogger logger, string file);
}
