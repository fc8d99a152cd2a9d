namespace Chat.Client.Sending;

/// <summary>
/// Names for messages that never meet: the time in milliseconds, then 74 random bits (RFC 9562, version 7). They ascend, so that the server's
/// index of them grows at one end.
/// </summary>
internal static class ClientIds
{
    public static string New() => Guid.CreateVersion7().ToString("N");
}
