using System.Security.Cryptography;

namespace Chat.Server.Hosting;

/// <summary>Short ids that say nothing and cannot be guessed.</summary>
public static class OpaqueId
{
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>16 lower-case base32 characters from 80 random bits.</summary>
    public static string New() => RandomNumberGenerator.GetString(Base32, 16);
}
