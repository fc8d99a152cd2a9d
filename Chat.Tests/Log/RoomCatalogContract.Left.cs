using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Log;

/// <summary>Rooms that a person has left.</summary>
public abstract partial class RoomCatalogContract
{
    [Fact]
    public async Task Who_has_left_is_known_with_the_number_of_the_leave()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Bob);
        await Log.RemoveMemberAsync(room, Bob, Bob);

        var leave = new Dictionary<string, long> { [room] = 3 };
        Assert.Equal(leave, await Catalog.LeftAsync(Bob.Id, [room, "nosuchroom"]));
        var (rooms, left) = await Catalog.OfAsync(Bob.Id, cancellation: Ct);
        Assert.Empty(rooms);
        Assert.Equal(leave, left);
        var membership = Assert.Single(await Catalog.MembershipsAsync([Bob.Id]));
        Assert.Equal((Bob.Id, room, 2L), (membership.UserId, membership.RoomId, membership.Join));
        Assert.NotNull(membership.LeftAt);
        Assert.Equal(
            new Sight(RoomKind.Public, 3, WasMember: true, LeftSeq: 3), await Catalog.SightAsync(Bob.Id, room));
        Assert.Equal(
            new Sight(RoomKind.Public, 3, WasMember: false, LeftSeq: null), await Catalog.SightAsync("eve", room));
        Assert.Null(await Catalog.SightAsync(Ann.Id, "nosuchroom"));
    }

    [Fact]
    public async Task Of_many_rooms_that_a_person_has_left_the_last_ones_are_read_and_those_that_are_named()
    {
        var rooms = new List<string>();
        for (var n = 0; n < RoomCatalog.LastLeft + 3; n++)
        {
            rooms.Add(await Log.CreateAsync(RoomKind.Public, $"room {n}", "", Ann));
            await Log.AddMemberAsync(rooms[n], Bob, Bob);
            await Log.RemoveMemberAsync(rooms[n], Bob, Bob);
        }
        await using var db = await Databases.CreateDbContextAsync(Ct);
        for (var n = 0; n < rooms.Count; n++)
        {
            var (room, at) = (rooms[n], (long)n + 1);
            await db.Members.Where(m => m.RoomId == room && m.UserId == Bob.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.LeftAt, at), Ct);
        }
        await Log.AddMemberAsync(rooms[^1], Bob, Bob); // the last one that was left is the one before

        var mine = await Catalog.OfAsync(Bob.Id, [rooms[0], rooms[^1], rooms[^2], "nosuchroom"], Ct);

        Assert.Equal([rooms[^1]], mine.Rooms.Select(r => r.Id));
        Assert.Equal(rooms.Skip(2).SkipLast(1).Append(rooms[0]).Order(), mine.Left.Keys.Order());
        Assert.Equal(3, mine.KnowsLeftSince);
        var known = (await Catalog.MembershipsAsync([Bob.Id, Ann.Id])).Where(m => m.UserId == Bob.Id).ToList();
        Assert.Equal(rooms.Skip(2).Order(), known.Select(m => m.RoomId).Order());
        Assert.Null(known.Single(m => m.RoomId == rooms[^1]).LeftAt);
    }

    [Fact]
    public async Task Who_has_left_sees_the_room_up_to_the_leave_and_nothing_of_what_became_of_it()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "topic", Ann);
        await Log.AddMemberAsync(room, Bob, Ann);
        await Log.RemoveMemberAsync(room, Bob, Ann);
        await Log.AppendAsync(room, Ann, [RoomLogSay("1")]);

        var left = (await Catalog.FindLeftAsync(Bob.Id, room))!;
        Assert.Equal(
            (room, "room", "topic", 3L, 3L, 2L, 0),
            (left.Id, left.Name, left.Topic, left.Head, left.ReadUpTo, left.Joined, left.Unread));
        Assert.Empty(left.Members);
        Assert.Null(await Catalog.FindLeftAsync(Ann.Id, room));
        Assert.Null(await Catalog.FindLeftAsync("eve", room));

        await Log.ChangeRoomAsync(room, new RoomChange("secret", "secret"), Ann);
        left = (await Catalog.FindLeftAsync(Bob.Id, room))!;
        Assert.Equal((room, ""), (left.Name, left.Topic));
    }
}
