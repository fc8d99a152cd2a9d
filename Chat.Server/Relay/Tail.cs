namespace Chat.Server.Relay;

/// <summary>
/// The newest events of a room, consecutive, in a ring that grows as needed; a quiet room has none. Not thread-safe:
/// its <see cref="RoomFeed"/> locks.
/// </summary>
internal sealed class Tail
{
    /// <summary>Most events kept.</summary>
    public const int MaxEvents = 512;

    /// <summary>Most bytes kept, encodings included, about; one event always fits.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int FirstCapacity = 8;

    private RelayedEvent?[] _ring = [];
    private int _count;
    private int _bytes;

    /// <summary>The number of the newest event; 0 in an empty room.</summary>
    public long Head { get; private set; }

    /// <summary>The number of events that fit without growing.</summary>
    public int Capacity => _ring.Length;

    /// <summary>The number of the oldest event here; that after <see cref="Head"/> if there is none.</summary>
    public long Oldest => Head - _count + 1;

    /// <summary>Whether older events may still be put in front: there is room for a large one.</summary>
    public bool HasRoom => _count < MaxEvents && _bytes < MaxBytes - RelayedEvent.MaxWeight;

    /// <summary>Starts empty at a room's newest number.</summary>
    public void Start(long head)
    {
        _ring = [];
        (_count, _bytes, Head) = (0, 0, head);
    }

    /// <summary>Puts the events that end right before <see cref="Oldest"/> in front, as many of the newest of them as fit.</summary>
    public void Prepend(IReadOnlyList<RelayedEvent> older)
    {
        foreach (var e in older.Reverse())
        {
            if (e.Seq != Oldest - 1 || _count == MaxEvents || _bytes + e.Weight > MaxBytes)
                return;
            Grow();
            Slot(e.Seq) = e;
            _count++;
            _bytes += e.Weight;
        }
    }

    /// <summary>Adds the event after <see cref="Head"/>.</summary>
    public void Add(RelayedEvent e)
    {
        if (_count == MaxEvents)
            DropOldest();
        Grow();
        Head = e.Seq;
        Slot(e.Seq) = e;
        _count++;
        _bytes += e.Weight;
        while (_bytes > MaxBytes && _count > 1)
            DropOldest();
    }

    /// <summary>
    /// Copies what comes after a number, up to another and within a size; false if it is no longer (or not yet) here.
    /// </summary>
    public bool TryCopy(long after, long upTo, int maxBytes, List<RelayedEvent> into)
    {
        if (!Reaches(after) || after >= Head)
            return false;
        for (var seq = after + 1; seq <= Math.Min(upTo, Head); seq++)
        {
            var e = Slot(seq)!;
            if ((maxBytes -= e.Size) < 0 && into.Count > 0)
                break;
            into.Add(e);
        }
        return true;
    }

    /// <summary>The event with this number, if it is here.</summary>
    public RelayedEvent? Find(long seq) => seq >= Oldest && seq <= Head ? Slot(seq) : null;

    /// <summary>Whether every event after a number is here.</summary>
    public bool Reaches(long after) => after >= Oldest - 1;

    /// <summary>The events here with greater numbers.</summary>
    public IEnumerable<RelayedEvent> After(long after)
    {
        for (var seq = Math.Max(after + 1, Oldest); seq <= Head; seq++)
            yield return Slot(seq)!;
    }

    /// <summary>Replaces events that are here by others with the same number.</summary>
    public void Replace(Func<RelayedEvent, RelayedEvent> replacement)
    {
        for (var seq = Oldest; seq <= Head; seq++)
        {
            ref var kept = ref Slot(seq);
            var other = replacement(kept!);
            _bytes += other.Weight - kept!.Weight;
            kept = other;
        }
    }

    private ref RelayedEvent? Slot(long seq) => ref _ring[seq % _ring.Length];

    /// <summary>Makes room for one more event.</summary>
    private void Grow()
    {
        if (_count < _ring.Length)
            return;
        var larger = new RelayedEvent?[Math.Clamp(_ring.Length * 2, FirstCapacity, MaxEvents)];
        for (var seq = Oldest; seq <= Head; seq++)
            larger[seq % larger.Length] = Slot(seq);
        _ring = larger;
    }

    private void DropOldest()
    {
        ref var oldest = ref Slot(Oldest);
        _bytes -= oldest!.Weight;
        oldest = null;
        _count--;
    }
}
