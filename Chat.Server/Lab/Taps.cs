using System.Collections.Concurrent;
using System.Globalization;
using Chat.Server.Hosting;

namespace Chat.Server.Lab;

/// <summary>
/// The taps of this node, in memory, and only for as long as somebody looks: at most 64, of 128 KiB each. A tap belongs to the user whose requests it
/// holds; nobody else can name it. Thread-safe.
/// </summary>
internal sealed class Taps(NodeId node, TimeProvider time)
{
    /// <summary>A tap that nobody has read for this long makes room for others, and is not shown any more.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(3);

    private const int Most = 64, MostOfOne = 8;

    private readonly ConcurrentDictionary<(string User, string Id), Tap> _taps = new();
    private readonly Lock _adding = new();

    /// <summary>The user's tap of this name; made if there is room, null if not.</summary>
    public Tap? ForRequest(string user, string id)
    {
        if (_taps.TryGetValue((user, id), out var tap))
            return tap;
        lock (_adding)
        {
            Forget();
            var mine = _taps.Where(t => t.Key.User == user).ToList();
            if (mine.Count >= MostOfOne)
                _taps.TryRemove(mine.MaxBy(t => t.Value.Unused).Key, out _);
            return _taps.Count < Most ? _taps.GetOrAdd((user, id), _ => new Tap(time)) : null;
        }
    }

    /// <summary>What the user's tap of this name holds; nothing if there is none, as if it had never been used.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="id">The lab's.</param>
    /// <param name="after"><c>NODE:NUMBER</c>; the number for this node is that of the last piece which is not wanted any more.</param>
    public TapPart Read(string user, string id, IEnumerable<string> after)
    {
        Forget();
        var mine = after.FirstOrDefault(a => a.StartsWith(node.Value + ":", StringComparison.Ordinal));
        _ = long.TryParse(mine?[(node.Value.Length + 1)..], CultureInfo.InvariantCulture, out var number);
        return _taps.TryGetValue((user, id), out var tap) ? tap.Read(node.Value, number) : new TapPart(node.Value, [], 0, 0, 0, 0, 0);
    }

    /// <summary>Done by who comes next, so that nothing runs while there is no lab.</summary>
    private void Forget()
    {
        foreach (var (key, tap) in _taps)
        {
            if (tap.Unused > Forgotten)
                _taps.TryRemove(key, out _);
        }
    }
}
