namespace Chat.Server.Relay.Redis;

/// <summary>
/// Whether everything was heard that each other node has said about presence: its words are numbered, and its heartbeat tells the newest number.
/// Thread-safe; of one node's words those that come first are to be taken first.
/// </summary>
internal sealed class PresenceNumbers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _nodes = [];

    /// <summary>A node says something. False if something before it was not heard, or it is the first of a node.</summary>
    public bool Take(string node, PresenceWord word)
    {
        lock (_gate)
        {
            _nodes.TryGetValue(node, out var known);
            var whole = word.Part.HasFlag(PresencePart.First);
            if (!whole && (known.Number == 0 || word.Number != known.Number + 1))
                return false;
            _nodes[node] = new Known(word.Number, Behind: 0);
            return true;
        }
    }

    /// <summary>
    /// A heartbeat with the newest number. True if the node is to be asked for all of it: at the second beat that is ahead, since the first may have
    /// overtaken a word; and then again from time to time, for as long as nothing comes.
    /// </summary>
    public bool IsBehind(string node, long newest)
    {
        lock (_gate)
        {
            _nodes.TryGetValue(node, out var known);
            var behind = known.Number == 0 || newest > known.Number ? known.Behind + 1 : 0;
            _nodes[node] = known with { Behind = behind };
            return behind % 5 == 2;
        }
    }

    public void Forget(string node)
    {
        lock (_gate)
            _nodes.Remove(node);
    }

    /// <param name="Number">Of the last word that was heard; 0 before the first.</param>
    /// <param name="Behind">So many beats were ahead of it.</param>
    private readonly record struct Known(long Number, int Behind);
}
