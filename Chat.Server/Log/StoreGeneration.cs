using System.Buffers.Text;
using System.Security.Cryptography;

namespace Chat.Server.Log;

/// <summary>
/// Names the life of the store in which an event was written. Within one life no committed event is lost, so two
/// different events with the same number always have different generations. The name is opaque, and short because every
/// event carries it.
/// </summary>
internal static class StoreGeneration
{
    private const int Bytes = 6;

    /// <summary>
    /// The generation of a store whose life begins now, as a SQLite file's does when its server starts.
    /// </summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// The generation of a PostgreSQL server: the time of its start. A standby started at another time, and a former
    /// primary must restart before it can be primary again. So the time names each life, whichever node or pooler asks.
    /// </summary>
    public static string OfServer(DateTime startedAt) =>
        Base64Url.EncodeToString(SHA256.HashData(BitConverter.GetBytes(startedAt.Ticks)).AsSpan(0, Bytes));
}
