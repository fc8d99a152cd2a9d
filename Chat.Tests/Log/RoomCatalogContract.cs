using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Log;

/// <summary>What <see cref="RoomCatalog"/> answers, the same on every database.</summary>
public abstract partial class RoomCatalogContract : IAsyncLifetime
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
