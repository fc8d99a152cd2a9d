using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Log;

/// <summary>Reads a whole room, page after page.</summary>
internal static class WholeLog
{
    public static async Task<IReadOnlyList<ChatEvent>> ReadAllAsync(this IRoomLog log, string room,
        CancellationToken ct)
    {
        var all = new List<ChatEvent>();
        while (await log.ReadAfterAsync(room, all.Count, 10_000, ct) is { Count: > 0 } page)
            all.AddRange(page);
        return all;
    }
}
