namespace Chat.Client.Console.Interactive;

/// <summary>What was entered before, newest last; walked with ↑ and ↓. The text being written is kept while walking.</summary>
public sealed class InputHistory(int capacity = 500)
{
    private readonly List<string> _entries = [];
    private int _position;
    private string _draft = "";

    /// <summary>Remembers an entry, unless it repeats the last one, and ends a walk.</summary>
    public void Add(string text)
    {
        if (text.Length > 0 && (_entries.Count == 0 || _entries[^1] != text))
            _entries.Add(text);
        if (_entries.Count > capacity)
            _entries.RemoveAt(0);
        _position = _entries.Count;
        _draft = "";
    }

    /// <summary>The entry before; null at the oldest.</summary>
    /// <param name="current">What stands in the input now; at the start of a walk it is kept as the draft.</param>
    public string? Previous(string current)
    {
        if (_position == _entries.Count)
            _draft = current;
        return _position == 0 ? null : _entries[--_position];
    }

    /// <summary>The entry after, then the draft; null when there is nothing after.</summary>
    public string? Next()
    {
        if (_position == _entries.Count)
            return null;
        return ++_position == _entries.Count ? _draft : _entries[_position];
    }
}
