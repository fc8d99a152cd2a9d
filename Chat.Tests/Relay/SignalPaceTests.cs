using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;
using Session = Chat.Server.Relay.Session;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>Signals to a whole room are encoded once for the room, merged and sent at a pace.</summary>
public sealed class SignalPaceTests : IAsyncLifetime
{
    private const int Sessions = 150;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private RelayRig _rig = null!;
    private string _room = null!;
    private (RecordingTransport Transport, Session Session)[] _crowd = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await RelayRig.StartAsync();
        _room = await _rig.RoomAsync(Bob, Cid);
        await _rig.SayAsync(_room, Ann, 40);
        await _rig.SayAsync(_room, Cid, 2);
        await _rig.Log.MarkReadAsync(_room, Bob.Id, 13);
        _crowd = await Task.WhenAll(
            Enumerable.Range(0, Sessions).Select(i => _rig.ConnectAsync(i % 3 == 0 ? Cid : Bob)));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_renamed_room_is_read_once_for_all_and_each_gets_it_as_that_person_sees_it()
    {
        var before = _rig.CatalogTries;

        await _rig.Log.ChangeRoomAsync(_room, new RoomChange("new", "topic"), Ann);

        foreach (var (transport, session) in _crowd)
        {
            await transport.ReceivesAsync<Notice.RoomUpdated>(u => u.Room.Name == "new");
            var room = Assert.Single(transport.Notices<Notice.RoomUpdated>()).Room;
            Assert.Equal(("topic", 46L), (room.Topic, room.Head));
            // Bob has read ten of Ann's messages; Cid has read nothing since joining, and Cid's own are not unread.
            Assert.Equal(session.User.Id == Bob.Id ? (13L, 32, 2L) : (3L, 40, 3L),
                (room.ReadUpTo, room.Unread, room.Joined));
        }
        Assert.Equal(1, _rig.CatalogTries - before);
    }

    [Fact]
    public async Task Of_many_renames_the_first_and_the_newest_are_told()
    {
        var before = _rig.CatalogTries;
        for (var i = 0; i < 50; i++)
            await _rig.Log.ChangeRoomAsync(_room, new RoomChange($"name {i}"), Ann);
        foreach (var (transport, _) in _crowd)
            await transport.ReceivesAsync<Notice.RoomUpdated>(_ => true);

        await _rig.PassUntilAsync(() => _crowd.All(c =>
            c.Transport.Notices<Notice.RoomUpdated>().Any(u => u.Room.Name == "name 49")), "the newest name comes");

        Assert.InRange(_crowd.Max(c => c.Transport.Notices<Notice.RoomUpdated>().Count()), 1, 3);
        Assert.InRange(_rig.CatalogTries - before, 1, 3);
    }

    [Fact]
    public async Task Read_markers_and_typing_are_merged_while_the_room_rests()
    {
        for (var i = 1; i <= 40; i++)
        {
            _rig.Relay.Signal(new RelaySignal.ReadMarker(_room, Ann.Id, i));
            _rig.Relay.Signal(new RelaySignal.Typing(_room, Ann.Id));
        }
        foreach (var (transport, _) in _crowd)
            await transport.ReceivesAsync<Notice.ReadMarker>(m => m.Seq == 1);
        Assert.All(_crowd, c => Assert.Single(c.Transport.Notices<Notice.ReadMarker>()));

        await _rig.PassUntilAsync(() => _crowd.All(c => c.Transport.Notices<Notice.ReadMarker>().Any(m => m.Seq == 40)),
            "the newest marker comes");

        Assert.All(_crowd, c => Assert.Equal([1L, 40L], c.Transport.Notices<Notice.ReadMarker>().Select(m => m.Seq)));
        await Eventually.TrueAsync(() => _crowd.All(c => c.Transport.Notices<Notice.Typing>().Any()), Soon, Ct);
        Assert.InRange(_crowd.Max(c => c.Transport.Notices<Notice.Typing>().Count()), 1, 2);
    }

    [Fact]
    public async Task Whoever_comes_and_goes_again_and_again_is_told_of_at_a_pace()
    {
        var told = _crowd.Select(c => c.Transport.Notices<Notice.PresenceChanged>().Count()).ToArray();
        for (var i = 0; i < 30; i++)
        {
            await _rig.Log.AddMemberAsync(_room, new UserRef("eve", "Eve"), new UserRef("eve", "Eve"));
            var (_, session) = await _rig.ConnectAsync(new UserRef("eve", "Eve"));
            await Eventually.TrueAsync(() => session.IsIn(_room), Soon, Ct);
            session.Close();
            await _rig.Log.RemoveMemberAsync(_room, new UserRef("eve", "Eve"), new UserRef("eve", "Eve"));
        }
        var (last, _) = _crowd[^1];
        await _rig.PassUntilAsync(
            () => last.Notices<Notice.PresenceChanged>()
                .Any(p => p.Users.Contains(new Presence("eve", PresenceState.Online))), "it is told that Eve is there");

        Assert.InRange(last.Notices<Notice.PresenceChanged>().Count() - told[^1], 1, 4);
    }

    [Fact]
    public async Task Events_come_before_what_passes_by()
    {
        var (transport, _) = _crowd[0];
        var before = transport.Written.Count;
        transport.Stall();
        await _rig.SayAsync(_room, Ann);
        await Eventually.TrueAsync(() => transport.Written.Count > before, Soon, Ct);
        _rig.Relay.Signal(new RelaySignal.ReadMarker(_room, Ann.Id, 5));
        await _crowd[1].Transport.ReceivesAsync<Notice.ReadMarker>(_ => true);
        await _rig.SayAsync(_room, Ann, 3);
        await Eventually.TrueAsync(() => _crowd[1].Transport.Numbers(_room).Count == 4, Soon, Ct);

        transport.Go();

        await transport.ReceivesAsync<Notice.ReadMarker>(_ => true);
        await transport.ReceivesAsync(_room, 46, 47, 48, 49);
        Assert.IsType<Notice.ReadMarker>(transport.Written.Last(w => w is ChatEvent or Notice.ReadMarker));
    }

    [Fact]
    public async Task While_the_comparison_of_people_rests_nothing_is_read_again_and_again()
    {
        var asked = 0;
        _rig.Relay.EndedSignIns = (_, _) =>
        {
            Interlocked.Increment(ref asked);
            _rig.Time.Advance(TimeSpan.FromSeconds(5)); // so long did it take
            return Task.FromResult<IReadOnlyList<string>>([]);
        };
        _rig.Backplane.Miss(null);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) == 1, Soon, Ct);
        var reads = _rig.Log.Reads;
        _rig.Backplane.Miss(null);
        await Eventually.TrueAsync(() => _rig.Log.Reads > reads, Soon, Ct);
        reads = _rig.Log.Reads;

        await _rig.PassUntilAsync(() => Volatile.Read(ref asked) > 1, "people are compared again after a rest");

        Assert.InRange(_rig.Log.Reads - reads, 0, 2); // by the sweep every 30 s, and not by every second of the rest
    }
}
