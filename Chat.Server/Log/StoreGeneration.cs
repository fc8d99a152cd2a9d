using System.Buffers.Text;
using System.Security.Cryptography;

namespace Chat.Server.Log;

/// <summary>
/// Names the life of the store in which an event was written. Within one life nothing that was committed goes away, so
/// two different events with the same number are always of different generations. Short, since every event carries it;
/// opaque.
/// </summary>
internal static class StoreGeneration
{
    private const int Bytes = 6;

    /// <summary>Of a store that begins to live now, as a SQLite file does when its server starts.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// Of a PostgreSQL server. A standby has started at a time of its own, and a server that was primary must start
    /// anew before it can be one again: the time of the start names each life, whichever node or pooler asks.
    /// </summary>
    public static string OfServer(DateTime startedAt) =>
        Base64Url.EncodeToString(SHA256.HashData(BitConverter.GetBytes(startedAt.Ticks)).AsSpan(0, Bytes));
}
