namespace Chat.Server.Hosting.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(9201, LogLevel.Information, "https with the certificate in {File}, good until {Ends:yyyy-MM-dd}. The fingerprint of its key is {Fingerprint}")]
    public static partial void Given(this ILogger logger, string file, DateTimeOffset ends, string fingerprint);

    [LoggerMessage(9202, LogLevel.Information, "https with a certificate of the server's own, good until {Ends:yyyy-MM-dd} and then renewed. Clients trust it with {File}, or by the fingerprint of its key, {Fingerprint}")]
    public static partial void Made(this ILogger logger, string file, DateTimeOffset ends, string fingerprint);

    [LoggerMessage(9203, LogLevel.Error, "The certificate stays as it was: {Reason}")]
    public static partial void FormerStays(this ILogger logger, string reason);

    [LoggerMessage(9204, LogLevel.Warning, "The certificate ends on {Ends:yyyy-MM-dd HH:mm zzz}")]
    public static partial void EndsSoon(this ILogger logger, DateTimeOffset ends);

    [LoggerMessage(9205, LogLevel.Debug, "No HTTP/3: QUIC is not supported here (libmsquic is missing)")]
    public static partial void NoQuic(this ILogger logger);
}
