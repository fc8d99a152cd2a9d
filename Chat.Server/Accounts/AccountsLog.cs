using Chat.Contracts;

namespace Chat.Server.Accounts;

/// <summary>What this area logs: ids, never a password or a token.</summary>
internal static partial class AccountsLog
{
    [LoggerMessage(1001, LogLevel.Information, "New {Kind} {AccountId}")]
    public static partial void AccountCreated(this ILogger logger, UserKind kind, string accountId);

    [LoggerMessage(1002, LogLevel.Warning,
        "Too many wrong passwords from one place: account {AccountId} is locked for it for {Duration} (no id: no such "
            + "name)")]
    public static partial void NameLocked(this ILogger logger, string? accountId, TimeSpan duration);

    [LoggerMessage(1003, LogLevel.Information, "{Count} sign-ins have expired")]
    public static partial void SignInsExpired(this ILogger logger, int count);

    [LoggerMessage(1005, LogLevel.Information,
        "The names of {Count} accounts of an older version are compared by what they look like from now on")]
    public static partial void NamesCompared(this ILogger logger, int count);

    [LoggerMessage(1006, LogLevel.Warning, "Names could not be prepared for comparing; the next try is in a minute")]
    public static partial void NamesNotCompared(this ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "Could not put away expired sign-ins")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);
}
