using System.Security.Cryptography;

namespace Chat.Client.Sending;

/// <summary>Names for messages that never meet: 22 characters are 132 random bits.</summary>
internal static class ClientIds
{
    public static string New() =>
        RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 22);
}
