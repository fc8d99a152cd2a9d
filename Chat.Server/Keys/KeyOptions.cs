using Microsoft.Extensions.Options;

namespace Chat.Server.Keys;

/// <summary>The section <c>Chat:Keys</c>: the master key, by which the keys in the database are encrypted.</summary>
public sealed class KeyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Keys";

    /// <summary>
    /// The configuration key of the master key itself, which belongs into a secret file of this name with <c>__</c>
    /// for <c>:</c>.
    /// </summary>
    public const string MasterKey = $"{Section}:{nameof(Master)}";

    /// <summary>The configuration key of a file with the master key.</summary>
    public const string FileKey = $"{Section}:{nameof(File)}";

    /// <summary>
    /// The master key: 32 bytes in base64. Further lines may hold former or future master keys, which decrypt only.
    /// This option overrides <see cref="File"/>.
    /// </summary>
    public string? Master { get; init; }

    /// <summary>
    /// A file with the same text. If null, it is <c>keys/master.key</c> beside a SQLite database, which the server
    /// makes if it is missing; on PostgreSQL there is none.
    /// </summary>
    public string? File { get; init; }

    /// <summary>
    /// How long every node of a cluster must know encrypted keys before those in the database are encrypted; until
    /// then an older version may come back.
    /// </summary>
    public TimeSpan EncryptAfter { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Reports a wrong key at the start.</summary>
internal sealed class KeyOptionsRules : IValidateOptions<KeyOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyOptions options) =>
        options.EncryptAfter >= TimeSpan.Zero && options.EncryptAfter <= TimeSpan.FromDays(30)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{KeyOptions.Section}:{nameof(options.EncryptAfter)} must be between 00:00:00 and 30.00:00:00, not "
                    + $"{options.EncryptAfter}.");
}
