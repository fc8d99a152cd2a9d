using Chat.Bench.Size;
using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Log;

/// <summary>What <see cref="RoomCatalog"/> answers, the same on every database.</summary>
public abstract class RoomCatalogContract : IAsyncLifetime
{
    private static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob"), Cid = new("cid", "Cid");

    private IRoomLog? _log;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected IRoomLog Log => _log!;

    private protected RoomCatalog Catalog { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _log = await OpenAsync();
        Catalog = new RoomCatalog(Databases);
    }

    public virtual ValueTask DisposeAsync()
    {
        Catalog.Dispose();
        (Log as IDisposable)!.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract IDbContextFactory<LogDb> Databases { get; }

    protected abstract Task<IRoomLog> OpenAsync();

    [Theory]
    [InlineData("straße", "STRASSE")]
    [InlineData("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ")]
    [InlineData("Ｆｕｌｌ", "full")]
    [InlineData("100%", "0%")]
    [InlineData("a 100% b", "00%")]
    [InlineData("a_b", "_")]
    [InlineData("some_body", "e_b")]
    [InlineData("back\\slash", "\\")]
    [InlineData("back\\slash", "ck\\s")]
    [InlineData("[brackets]", "[")]
    [InlineData("say \"hello\" twice", "\"hello\"")]
    [InlineData("会議の部屋", "議の部")]
    [InlineData("会議の部屋", "部")]
    public async Task A_search_finds_a_public_room_by_a_part_of_its_name_however_it_is_written_and_nothing_else(string name, string query)
    {
        var room = await Log.CreateAsync(RoomKind.Public, name, "topic", Ann);
        await Log.CreateAsync(RoomKind.Private, name, "", Ann);
        await Log.CreateAsync(RoomKind.Public, "xyz", "", Ann);

        var found = Assert.Single(await Catalog.PublicAsync(Bob.Id, query));

        Assert.Equal((room, name, "topic", 1L), (found.Id, found.Name, found.Topic, found.Head));
        Assert.Empty(await Catalog.PublicAsync(Ann.Id, query)); // she is in it
    }

    [Fact]
    public async Task A_search_for_what_no_database_can_keep_finds_nothing()
    {
        await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        Assert.Empty(await Catalog.PublicAsync(Bob.Id, "a\0b"));
    }

    [Fact]
    public async Task A_member_sees_the_room_with_what_is_unread_in_it_and_who_is_there()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Ann);
        await Log.AppendAsync(room, Ann, [RoomLogSay("1"), RoomLogSay("2"), new Draft(EventTypes.Delete, "3", null, Target: 3)]);
        await Log.OpenDirectAsync(Bob, Ann);

        var rooms = (await Catalog.OfAsync(Bob.Id, cancellation: Ct)).Rooms.ToDictionary(r => r.Kind);

        var mine = rooms[RoomKind.Private];
        Assert.Equal((room, 5L, 2L, 1L), (mine.Id, mine.Head, mine.ReadUpTo, (long)mine.Unread));
        Assert.Equal([Ann, Bob], mine.Members);
        Assert.Equal("Ann", rooms[RoomKind.Direct].Name);
        Assert.Equal(mine.Id, (await Catalog.FindAsync(Ann.Id, room))!.Id);
        Assert.Null(await Catalog.FindAsync("eve", room));
    }

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

    [Fact]
    public async Task Of_a_public_room_the_first_by_name_are_shown_as_they_are_now_to_whoever_asks()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Bob);
        Assert.Equal([Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);
        await Log.AddMemberAsync(room, Ann, Ann);
        Assert.Equal([Ann, Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);
        Assert.Equal([Ann, Bob], (await Catalog.OfAsync(Ann.Id, cancellation: Ct)).Rooms.Single().Members);
        await Log.RemoveMemberAsync(room, Ann, Ann);
        Assert.Equal([Bob], (await Catalog.FindAsync(Bob.Id, room))!.Members);

        var crowd = Enumerable.Range(0, RoomCatalog.MaxMembers + 5)
            .Select(n => new UserRef($"id-{n}", $"A crowd {n:000}")).ToList();
        await Task.WhenAll(Enumerable.Reverse(crowd).Select(who => Log.AddMemberAsync(room, who, who)));
        var found = (await Catalog.FindAsync(Bob.Id, room))!;
        Assert.Equal(crowd.Take(RoomCatalog.MaxMembers), found.Members);
        Assert.Equal((RoomCatalog.MaxMembers + 6, Bob.Id), (found.MemberCount, found.Owner));
    }

    [Fact]
    public async Task A_room_that_is_renamed_is_found_by_its_new_name_only()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "first name", "", Ann);
        await Log.ChangeRoomAsync(room, new RoomChange("second name"), Ann);

        Assert.Empty(await Catalog.PublicAsync(Bob.Id, "first"));
        Assert.Equal(room, Assert.Single(await Catalog.PublicAsync(Bob.Id, "second")).Id);
    }

    [Fact]
    public async Task Unread_are_the_messages_of_others_that_are_still_there_in_each_of_many_rooms()
    {
        var expected = new Dictionary<string, int>();
        for (var n = 0; n < 4; n++)
        {
            var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
            await Log.AddMemberAsync(room, Bob, Ann);
            var theirs = await Log.AppendAsync(room, Ann,
                [.. Enumerable.Range(0, n + 1).Select(i => RoomLogSay($"a{i}"))]);
            await Log.AppendAsync(room, Bob,
                [RoomLogSay("b"), new Draft(EventTypes.Reaction, "r", "+", Target: theirs[0].Event!.Seq)]);
            await Log.AppendAsync(room, Ann, [new Draft(EventTypes.Delete, "d", null, Target: theirs[0].Event!.Seq)]);
            expected[room] = n;
        }

        var rooms = (await Catalog.OfAsync(Bob.Id, cancellation: Ct)).Rooms;
        Assert.Equal(expected, rooms.ToDictionary(r => r.Id, r => r.Unread));
    }

    [Fact]
    public async Task Who_posts_and_never_marks_has_nothing_unread()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.AppendAsync(room, Ann, [RoomLogSay("1"), RoomLogSay("2")]);
        Assert.Equal(0, (await Catalog.FindAsync(Ann.Id, room))!.Unread);
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
    public async Task Who_has_left_is_known_with_the_number_of_the_leave()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        await Log.AddMemberAsync(room, Bob, Bob);
        await Log.RemoveMemberAsync(room, Bob, Bob);

        Assert.Equal(new Dictionary<string, long> { [room] = 3 }, await Catalog.LeftAsync(Bob.Id, [room, "nosuchroom"]));
        var (rooms, left) = await Catalog.OfAsync(Bob.Id, cancellation: Ct);
        Assert.Empty(rooms);
        Assert.Equal(new Dictionary<string, long> { [room] = 3 }, left);
        var membership = Assert.Single(await Catalog.MembershipsAsync([Bob.Id]));
        Assert.Equal((Bob.Id, room, 2L), (membership.UserId, membership.RoomId, membership.Join));
        Assert.NotNull(membership.LeftAt);
        Assert.Equal(new Sight(RoomKind.Public, 3, WasMember: true, LeftSeq: 3), await Catalog.SightAsync(Bob.Id, room));
        Assert.Equal(new Sight(RoomKind.Public, 3, WasMember: false, LeftSeq: null), await Catalog.SightAsync("eve", room));
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
    public async Task Public_rooms_are_listed_by_their_members_and_those_that_everybody_has_left_not_at_all()
    {
        var small = await Log.CreateAsync(RoomKind.Public, "lobby", "", Ann);
        var large = await Log.CreateAsync(RoomKind.Public, "lobby", "", Ann);
        await Log.AddMemberAsync(large, Cid, Cid);
        var other = await Log.CreateAsync(RoomKind.Public, "a lobby", "", Ann);
        var empty = await Log.CreateAsync(RoomKind.Public, "lobby", "", Ann);
        await Log.RemoveMemberAsync(empty, Ann, Ann);

        foreach (var query in (string[])["", "lo", "lob"])
            Assert.Equal([large, other, small], (await Catalog.PublicAsync(Bob.Id, query)).Select(r => r.Id));

        // An older node made a room, and somebody came back to the empty one there: nobody has counted that.
        await using var db = await Databases.CreateDbContextAsync(Ct);
        await db.Rooms.Where(r => r.Id == small)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.MemberCount, (long?)null), Ct);
        await db.Rooms.Where(r => r.Id == empty).ExecuteUpdateAsync(r => r.SetProperty(x => x.Head, 4), Ct);
        var found = await Catalog.PublicAsync(Bob.Id, "lobby");
        Assert.Equivalent(new[] { large, other, empty, small }, found.Select(r => r.Id));
        Assert.Contains(small, (await Catalog.PublicAsync(Bob.Id, "")).Select(r => r.Id));
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

    [Fact]
    public async Task Who_has_left_sees_the_room_up_to_the_leave_and_nothing_of_what_became_of_it()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "topic", Ann);
        await Log.AddMemberAsync(room, Bob, Ann);
        await Log.RemoveMemberAsync(room, Bob, Ann);
        await Log.AppendAsync(room, Ann, [RoomLogSay("1")]);

        var left = (await Catalog.FindLeftAsync(Bob.Id, room))!;
        Assert.Equal((room, "room", "topic", 3L, 3L, 2L, 0), (left.Id, left.Name, left.Topic, left.Head, left.ReadUpTo, left.Joined, left.Unread));
        Assert.Empty(left.Members);
        Assert.Null(await Catalog.FindLeftAsync(Ann.Id, room));
        Assert.Null(await Catalog.FindLeftAsync("eve", room));

        await Log.ChangeRoomAsync(room, new RoomChange("secret", "secret"), Ann);
        left = (await Catalog.FindLeftAsync(Bob.Id, room))!;
        Assert.Equal((room, ""), (left.Name, left.Topic));
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

    private static Draft RoomLogSay(string clientId) => new(EventTypes.Message, clientId, "text");
}

public sealed class SqliteRoomCatalogTests : RoomCatalogContract
{
    private readonly SqliteStore _store = new();

    protected override IDbContextFactory<LogDb> Databases => _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _store.Dispose();
    }

    protected override async Task<IRoomLog> OpenAsync() => await _store.OpenAsync();
}

public sealed class PostgresRoomCatalogTests(PostgresStore store) : RoomCatalogContract, IClassFixture<PostgresStore>
{
    protected override IDbContextFactory<LogDb> Databases => store;

    [Fact]
    public async Task Without_trigrams_a_search_finds_beginnings_and_what_is_inside_the_first_names()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "a room of one's own", "", new UserRef("ann", "Ann"));
        Assert.True(await Catalog.FindsPartsOfNamesAsync());
        await store.ExecuteAsync("DROP INDEX \"IX_Rooms_NameKey_Trigrams\"");

        Assert.False(await Catalog.FindsPartsOfNamesAsync());
        foreach (var query in (string[])["a room", "one's", ""])
            Assert.Equal(room, Assert.Single(await Catalog.PublicAsync("bob", query)).Id);

        await using var db = store.CreateDbContext();
        await RoomNameSearch.PrepareAsync(db, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.True(await Catalog.FindsPartsOfNamesAsync());
    }

    protected override async Task<IRoomLog> OpenAsync()
    {
        await store.EmptyAsync();
        return store.Open();
    }
}
