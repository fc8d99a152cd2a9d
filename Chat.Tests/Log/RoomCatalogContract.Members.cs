using Chat.Bench.Size;
using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Log;

/// <summary>The members of a room: in its answers, counted, and page by page.</summary>
public abstract partial class RoomCatalogContract
{
    [Fact]
    public async Task A_member_is_shown_with_the_kind_of_their_account_and_without_one_where_it_is_not_known()
    {
        UserRef guest = new("gus", "Gus", UserKind.Guest), member = new("mia", "Mia", UserKind.Member);
        foreach (var kind in (RoomKind[])[RoomKind.Public, RoomKind.Private])
        {
            var room = await Log.CreateAsync(kind, "room", "", member);
            await Log.AddMemberAsync(room, guest, member);
            await Log.AddMemberAsync(room, Ann, member);
            Assert.Equal([Ann, guest, member], (await Catalog.FindAsync(member.Id, room))!.Members);
        }
    }

    [Theory]
    [InlineData(RoomKind.Public)]
    [InlineData(RoomKind.Private)]
    public async Task Of_the_members_the_first_by_name_are_shown_as_they_are_now_to_whoever_asks(RoomKind kind)
    {
        var room = await Log.CreateAsync(kind, "room", "", Bob);
        Assert.Equal([Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);
        await Log.AddMemberAsync(room, Ann, Bob);
        Assert.Equal([Ann, Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);
        Assert.Equal([Ann, Bob], (await Catalog.OfAsync(Ann.Id, cancellation: Ct)).Rooms.Single().Members);
        await Log.RemoveMemberAsync(room, Ann, Ann);
        Assert.Equal([Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);

        var crowd = Enumerable.Range(0, RoomCatalog.MaxMembers + 5)
            .Select(n => new UserRef($"id-{n}", $"A crowd {n:000}")).ToList();
        await Task.WhenAll(Enumerable.Reverse(crowd).Select(who => Log.AddMemberAsync(room, who, Bob)));
        var found = (await Catalog.FindAsync(Bob.Id, room))!;
        Assert.Equal(crowd.Take(RoomCatalog.MaxMembers), found.Members);
        Assert.Equal((RoomCatalog.MaxMembers + 6, Bob.Id), (found.MemberCount, found.Owner));
        var synced = Assert.Single((await Catalog.OfAsync(Bob.Id, cancellation: Ct)).Rooms);
        Assert.Equal(found.Members, synced.Members);
    }

    [Fact]
    public async Task The_owner_who_leaves_is_followed_by_who_joined_first()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Bob);
        await Log.AddMemberAsync(room, Cid, Cid);
        await Log.RemoveMemberAsync(room, Ann, Ann);

        var seen = (await Catalog.FindAsync(Cid.Id, room))!;
        Assert.Equal((Bob.Id, 2), (seen.Owner, seen.MemberCount));
    }

    [Fact]
    public async Task Members_are_counted_right_after_a_node_that_does_not_count_has_written()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Bob);
        await Log.AddMemberAsync(room, Cid, Cid);
        await Log.RemoveMemberAsync(room, Bob, Bob);

        // A node of an earlier version leaves the columns unchanged: here they hold the state after two joins, or
        // nothing.
        foreach (long? known in (long?[])[2, null])
        {
            await using var db = await Databases.CreateDbContextAsync(Ct);
            await db.Rooms.ExecuteUpdateAsync(r =>
                r.SetProperty(x => x.MemberCount, known).SetProperty(x => x.CountedAt, known), Ct);
            Assert.Equal(2, (await Catalog.FindAsync(Ann.Id, room))!.MemberCount);

            await Log.AppendAsync(room, Ann, [RoomLogSay($"after-{known}")]);
            var stored = await db.Rooms.AsNoTracking().SingleAsync(Ct);
            Assert.Equal((2L, stored.Head), (stored.MemberCount, stored.CountedAt));
        }
    }

    [Fact]
    public async Task Members_are_listed_by_name_page_by_page_also_those_of_one_name()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Bob);
        var twins = Enumerable.Range(0, 5).Select(n => new UserRef($"twin-{n}", "Twin")).ToList();
        foreach (var who in Enumerable.Reverse(twins).Append(Cid))
            await Log.AddMemberAsync(room, who, Bob);
        await Log.RemoveMemberAsync(room, twins[2], Bob);

        var found = await PagesAsync(room, "", limit: 2);

        Assert.Equal([Bob.Id, Cid.Id, "twin-0", "twin-1", "twin-3", "twin-4"], found.Select(m => m.Id));
        Assert.Equal([MemberRole.Owner, MemberRole.Member], found.Select(m => m.Role).Distinct());
        var join = (await Log.ReadAfterAsync(room, 0, 1, Ct)).Single();
        Assert.Equal(join.At, found[0].JoinedAt);
        Assert.Equal(["twin-0", "twin-1", "twin-3", "twin-4"],
            (await PagesAsync(room, "WI", limit: 3)).Select(m => m.Id));
        Assert.Empty(await PagesAsync(room, "nobody", limit: 3));
        Assert.Empty(await PagesAsync(room, "a\0b", limit: 3));
    }

    [Fact]
    public async Task A_search_among_many_members_looks_at_a_bounded_number_of_them_in_one_page()
    {
        const string room = "manyMembers";
        await using var db = await Databases.CreateDbContextAsync(Ct);
        await db.Database.OpenConnectionAsync(Ct);
        await new DatabaseFiller(db.Database.GetDbConnection()).AddRoomAsync(room, ("zoe", "zoe"),
            RoomCatalog.MaxLooked + 3, messages: 0, unread: 0, Ct);

        var first = await Catalog.MembersAsync("zoe", room, "ZO", MemberPlace.First, 50, Ct);
        Assert.Empty(first.Members);
        var second = await Catalog.MembersAsync("zoe", room, "zo", MemberPlace.Parse(first.Next)!, 50, Ct);
        Assert.Equal("zoe", Assert.Single(second.Members).Id);
        Assert.Null(second.Next);
    }

    [Fact]
    public void An_answer_with_very_many_members_lists_fewer_of_each_public_room()
    {
        List<Room> rooms = [.. Enumerable.Range(0, 12).Select(n => new Room
        {
            Id = $"{n}",
            Kind = n < 10 ? RoomKind.Public : RoomKind.Private,
            Name = "room",
            Topic = "",
            Head = 1,
            Members = [.. Enumerable.Range(0, 20).Select(m => new UserRef($"{m}", $"{m}"))],
            MemberCount = 20,
        })];
        Assert.Same(rooms, RoomCatalog.Bounded(rooms, 240));
        var bounded = RoomCatalog.Bounded(rooms, 100);
        Assert.Equal([.. Enumerable.Repeat(10, 10), 20, 20], bounded.Select(r => r.Members.Count));
        Assert.Equal(rooms[0].Members.Take(10), bounded[0].Members);
        Assert.All(bounded, r => Assert.Equal(20, r.MemberCount));
    }

    private async Task<IReadOnlyList<RoomMember>> PagesAsync(string room, string query, int limit)
    {
        var found = new List<RoomMember>();
        for (var place = MemberPlace.First; ;)
        {
            var page = await Catalog.MembersAsync(Bob.Id, room, query, place, limit, Ct);
            Assert.True(page.Members.Count <= limit);
            found.AddRange(page.Members);
            if (page.Next is null)
                return found;
            place = MemberPlace.Parse(page.Next)!;
        }
    }
}
