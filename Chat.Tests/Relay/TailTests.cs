using Chat.Contracts;
using Chat.Server.Relay;
using CsCheck;

namespace Chat.Tests.Relay;

/// <summary>The ring of a room's newest events, against a list.</summary>
public sealed class TailTests
{
    [Fact]
    public void It_has_what_a_list_of_the_newest_has() => Gen.Select(Gen.Long[1, 2_000], Gen.Int[0, 1_500], Gen.Int[1, 20_000], Gen.Int[0, 40_000]).Sample((first, count, size, maxBytes) =>
    {
        var events = Enumerable.Range(0, count).Select(i => Event(first + i, i % 3 == 0 ? size : 1)).ToList();
        var tail = new Tail();
        tail.Start(first + (count / 2) - 1);
        foreach (var e in events.Skip(count / 2))
            tail.Add(e);
        tail.Prepend([.. events.Take(count / 2)]);
        Assert.Equal(first + count - 1, tail.Head);

        var kept = tail.After(0).ToList();
        Assert.Equal(events.TakeLast(kept.Count), kept);
        Assert.InRange(kept.Count, Math.Min(count, 1), Tail.MaxEvents);
        Assert.Equal(first + count - kept.Count, tail.Oldest);
        Assert.True(kept.Count <= 1 || kept.Sum(e => e.Size) <= Tail.MaxBytes);
        // No more is dropped than has to be.
        Assert.True(kept.Count == count || kept.Count == Tail.MaxEvents || kept.Sum(e => e.Size) + events[count - kept.Count - 1].Size > Tail.MaxBytes);

        foreach (var after in new[] { tail.Head - kept.Count - 1, tail.Head - kept.Count, tail.Head - (kept.Count / 2), tail.Head - 1, tail.Head })
        {
            var copy = new List<RelayedEvent>();
            var there = tail.TryCopy(after, tail.Head, maxBytes, copy);
            Assert.Equal(kept.Count > 0 && after >= tail.Head - kept.Count && after < tail.Head, there);
            Assert.Equal(kept.Where(e => there && e.Seq > after).Take(copy.Count), copy);
            Assert.True(copy.Count <= 1 || copy.Sum(e => e.Size) <= maxBytes);
            Assert.Equal(there, copy.Count > 0);
        }
    }, iter: 300);

    [Fact]
    public void It_gives_nothing_beyond_the_number_asked_for()
    {
        var tail = new Tail();
        tail.Start(14);
        tail.Prepend([.. Enumerable.Range(5, 10).Select(i => Event(i, 1))]);
        var copy = new List<RelayedEvent>();

        Assert.True(tail.TryCopy(6, 9, int.MaxValue, copy));

        Assert.Equal([7L, 8L, 9L], copy.Select(e => e.Seq));
        Assert.False(tail.Reaches(3));
        Assert.True(tail.Reaches(4));
    }

    private static RelayedEvent Event(long seq, int size) => new(new ChatEvent
    {
        RoomId = "room",
        Seq = seq,
        Id = $"{seq}",
        Type = EventTypes.Message,
        Sender = new UserRef("ann", "Ann"),
        At = default,
        Body = new string('x', size),
    });
}
