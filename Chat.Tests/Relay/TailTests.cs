using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Server.Transports.Http;
using CsCheck;
using Microsoft.AspNetCore.SignalR.Protocol;

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
        Assert.True(kept.Count <= 1 || kept.Sum(e => e.Weight) <= Tail.MaxBytes);
        // No more is dropped than has to be.
        Assert.True(kept.Count == count || kept.Count == Tail.MaxEvents
            || kept.Sum(e => e.Weight) + events[count - kept.Count - 1].Weight > Tail.MaxBytes);

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

    [Fact]
    public void Events_that_were_replaced_by_smaller_ones_leave_room_for_others()
    {
        var tail = new Tail();
        tail.Start(0);
        for (var seq = 1; seq <= 2_000; seq++)
        {
            tail.Add(Event(seq, 10_000));
            tail.Replace(e => e.Seq == seq ? Event(seq, 1) : e);
        }
        Assert.Equal(Tail.MaxEvents, tail.After(0).Count());
    }

    /// <summary>A byte of a body can be six bytes of JSON, and there are five formats.</summary>
    [Fact]
    public void What_it_keeps_in_memory_is_bounded_whatever_is_said_and_whoever_listens()
    {
        IHubProtocol[] hub = [new JsonHubProtocol(), new MessagePackHubProtocol()];
        foreach (var character in (char[])['\u0001', '<', 'x', '你'])
        {
            var events = Enumerable.Range(1, 600).Select(n => Event(n, n % 2 == 0 ? 16_000 : 20, character)).ToList();
            var tail = new Tail();
            tail.Start(0);
            foreach (var e in events)
            {
                tail.Add(e);
                EventText.Json(e);
                EventText.Block(e);
                EventText.Argument(e);
                foreach (var protocol in hub)
                    e.Encoded(protocol, (x, p) => p.GetMessageBytes(new InvocationMessage("Event", [x.Event])));
            }

            var kept = tail.After(0).Sum(e => (e.Event.Body!.Length * 2) + e.EncodedBytes);
            Assert.InRange(kept, 1, Tail.MaxBytes);
            Assert.All(events, e => Assert.InRange(e.Weight, 1, RelayedEvent.MaxWeight));
            // An event's bytes are made once for those who speak the same, large or small.
            Assert.True(EventText.Json(events[0]).Equals(EventText.Json(events[0])));
            Assert.True(EventText.Json(events[1]).Equals(EventText.Json(events[1])));
        }
    }

    private static RelayedEvent Event(long seq, int size, char character = 'x') => new(new ChatEvent
    {
        RoomId = "room",
        Seq = seq,
        Id = $"{seq}",
        Type = EventTypes.Message,
        Sender = new UserRef("ann", "Ann"),
        At = default,
        Body = new string(character, size),
    });
}
