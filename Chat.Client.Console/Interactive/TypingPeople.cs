namespace Chat.Client.Console.Interactive;

/// <summary>Who is typing where. A signal counts for a few seconds, or until a message arrives. Not thread-safe.</summary>
public sealed class TypingPeople(TimeProvider time)
{
    /// <summary>How long one signal counts; clients repeat it every three seconds.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(6);

    private readonly Dictionary<(string Room, string User), DateTimeOffset> _until = [];

    /// <summary>Somebody is typing.</summary>
    public void Typing(string roomId, string userId) => _until[(roomId, userId)] = time.GetUtcNow() + Lasts;

    /// <summary>Somebody has said it.</summary>
    public void Said(string roomId, string userId) => _until.Remove((roomId, userId));

    /// <summary>The ids of those who are typing in a room now.</summary>
    public IReadOnlyList<string> In(string roomId)
    {
        var now = time.GetUtcNow();
        foreach (var (key, until) in _until)
        {
            if (until <= now)
                _until.Remove(key);
        }
        return [.. _until.Keys.Where(k => k.Room == roomId).Select(k => k.User)];
    }
}
