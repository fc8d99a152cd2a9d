using System.Security.Cryptography;

namespace Chat.Server.Log;

/// <summary>Opaque ids.</summary>
public static class Identifier
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>16 characters of base32 from 80 random bits: not to be guessed, safe in a path.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, 16);

    /// <summary>An event's id: its place, since that is unique already and needs no storage.</summary>
    public static string OfEvent(string roomId, long seq) => $"{roomId}-{seq}";
}
