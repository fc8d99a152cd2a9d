using System.Collections.Concurrent;

namespace Chat.Server.Rooms;

/// <summary>
/// Lets one <c>Typing</c> in two seconds pass for each person and room, over all their connections to this node.
/// Thread-safe.
/// </summary>
public sealed class TypingPace(TimeProvider time)
{
    /// <summary>
    /// Clients send it every few seconds; nobody sees a difference between one and more in this time.
    /// </summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    private const int TrimAbove = 10_000;

    private readonly ConcurrentDictionary<(string User, string Room), long> _last = [];
    private long _trimmedAt;

    /// <summary>Whether the person was typing a moment ago. Then the call ends here and costs nothing else.</summary>
    public bool IsTooSoon(string userId, string roomId) =>
        _last.TryGetValue((userId, roomId), out var last) && time.GetElapsedTime(last) < Pace;

    /// <summary>Counts a member's call; false if another call was quicker.</summary>
    public bool TryPass(string userId, string roomId)
    {
        var now = time.GetTimestamp();
        if (_last.Count > TrimAbove && time.GetElapsedTime(Volatile.Read(ref _trimmedAt), now) >= Pace)
            Trim(now);
        var key = (userId, roomId);
        while (true)
        {
            if (!_last.TryGetValue(key, out var last))
            {
                if (_last.TryAdd(key, now))
                    return true;
            }
            else if (time.GetElapsedTime(last, now) < Pace)
                return false;
            else if (_last.TryUpdate(key, now, last))
                return true;
        }
    }

    private void Trim(long now)
    {
        Volatile.Write(ref _trimmedAt, now);
        foreach (var entry in _last)
        {
            if (time.GetElapsedTime(entry.Value, now) >= Pace)
                _last.TryRemove(entry);
        }
    }
}
