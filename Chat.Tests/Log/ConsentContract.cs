using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Log;

/// <summary>
/// The promises of the log and <see cref="ConsentCatalog"/> about requests, invitations and blocks, the same on every
/// database.
/// </summary>
public abstract partial class ConsentContract : IAsyncLifetime
{
    private static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob"), Cid = new("cid", "Cid");
    private static readonly ConsentBounds Bounds = new(Blocked: 3, Open: 3, Waiting: 2);

    private readonly ConcurrentQueue<string> _concerned = new();
    private IRoomLog? _log;

    private IRoomLog Log => _log!;

    private ConsentCatalog Catalog { get; set; } = null!;

    protected abstract IDbContextFactory<LogDb> Databases { get; }

    public async ValueTask InitializeAsync()
    {
        _log = await OpenAsync();
        Log.ConsentChanged += people =>
        {
            foreach (var person in people)
                _concerned.Enqueue(person);
        };
        Catalog = new ConsentCatalog(Databases);
    }

    public virtual ValueTask DisposeAsync()
    {
        Catalog.Dispose();
        (Log as IDisposable)!.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract Task<IRoomLog> OpenAsync();

    /// <summary>
    /// The people whom <see cref="IRoomLog.ConsentChanged"/> has named. It is raised after the answer to the write, and
    /// before the answer to a later probe.
    /// </summary>
    private async Task<IReadOnlyList<string>> ConcernedAsync()
    {
        await Log.ProbeAsync();
        return [.. _concerned.Order()];
    }

    private async Task ForgetConcernedAsync()
    {
        await Log.ProbeAsync();
        _concerned.Clear();
    }

    [Fact]
    public async Task A_request_is_one_until_the_person_who_was_asked_says_something()
    {
        var room = await Log.RequestDirectAsync(Ann, Bob, Bounds);
        Assert.Equal(room, await Log.RequestDirectAsync(Bob, Ann, Bounds));
        await SayAsync(room, Ann);

        Assert.Equal((RequestSide.Mine, RequestSide.Theirs),
            (await RequestAsync(Ann, room), await RequestAsync(Bob, room)));
        Assert.False(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));
        await ForgetConcernedAsync();

        await SayAsync(room, Bob);

        Assert.Equal((null, null), (await RequestAsync(Ann, room), await RequestAsync(Bob, room)));
        Assert.True(await Catalog.KnowEachOtherAsync(Bob.Id, Ann.Id));
        Assert.Equal([Ann.Id, Bob.Id], await ConcernedAsync());
    }

    [Fact]
    public async Task Accepting_ends_a_request_and_may_be_repeated_and_only_the_person_asked_may()
    {
        var room = await Log.RequestDirectAsync(Ann, Bob, Bounds);
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerRequestAsync(room, Ann, accept: true, Bounds));
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerRequestAsync(room, Cid, accept: true, Bounds));

        await Log.AnswerRequestAsync(room, Bob, accept: true, Bounds);
        await Log.AnswerRequestAsync(room, Bob, accept: true, Bounds);

        Assert.Null(await RequestAsync(Ann, room));
        Assert.True(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerRequestAsync(room, Bob, accept: false, Bounds));
    }

    [Fact]
    public async Task Refusing_hides_the_room_from_one_and_changes_nothing_for_the_other()
    {
        var room = await Log.RequestDirectAsync(Ann, Bob, Bounds);
        var before = await Catalog.OfAsync(Ann.Id);
        await ForgetConcernedAsync();
        await Log.AnswerRequestAsync(room, Bob, accept: false, Bounds);

        Assert.Equal([Bob.Id], await ConcernedAsync());
        Assert.True(await Catalog.IsHiddenAsync(Bob.Id, room));
        Assert.Equal(before.Version, (await Catalog.OfAsync(Ann.Id)).Version);
        Assert.Null((await SayAsync(room, Ann)).Error);

        await Log.ShowAsync(room, Bob.Id);
        Assert.False(await Catalog.IsHiddenAsync(Bob.Id, room));
        Assert.Equal(RequestSide.Theirs, await RequestAsync(Bob, room));
    }

    [Fact]
    public async Task A_block_hides_the_direct_room_that_there_is_or_will_be_until_it_is_taken_back()
    {
        await Log.BlockAsync(Ann, Bob, Bounds);
        await Log.BlockAsync(Ann, Bob, Bounds);
        var room = await Log.OpenDirectAsync(Bob, Ann);

        Assert.Equal((true, false),
            (await Catalog.IsHiddenAsync(Ann.Id, room), await Catalog.IsHiddenAsync(Bob.Id, room)));
        Assert.Equal([Bob], await Catalog.BlockedAsync(Ann.Id));
        Assert.Null((await SayAsync(room, Bob)).Error);
        await Log.ShowAsync(room, Ann.Id);
        Assert.True(await Catalog.IsHiddenAsync(Ann.Id, room));

        await Log.UnblockAsync(Ann, Bob.Id);
        Assert.False(await Catalog.IsHiddenAsync(Ann.Id, room));
        Assert.Empty((await Catalog.OfAsync(Ann.Id)).Blocked);

        await Log.BlockAsync(Ann, Bob, Bounds);
        Assert.True(await Catalog.IsHiddenAsync(Ann.Id, room));
    }

    [Fact]
    public async Task An_invitation_waits_until_it_is_accepted_and_declining_is_not_told()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
        await Log.InviteAsync(room, Bob, Ann, Bounds);

        var invitation = Assert.Single((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Equal((new InvitedRoom(room, RoomKind.Private, "room"), Ann), (invitation.Room, invitation.By));
        Assert.Equal([Bob], (await Catalog.OfAsync(Ann.Id)).Invited[room]);
        var before = await Catalog.OfAsync(Ann.Id);

        await Log.AnswerInvitationAsync(room, Bob, accept: false);
        Assert.Empty((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Equal(before.Version, (await Catalog.OfAsync(Ann.Id)).Version);
        Assert.Equal([Bob], (await Catalog.OfAsync(Ann.Id)).Invited[room]);
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerInvitationAsync(room, Bob, accept: true));

        await Log.InviteAsync(room, Cid, Ann, Bounds);
        await Log.AnswerInvitationAsync(room, Cid, accept: true);
        await Log.AnswerInvitationAsync(room, Cid, accept: true);
        var join = (await Log.ReadAfterAsync(room, 0, 10, TestContext.Current.CancellationToken))[^1];
        Assert.Equal((EventTypes.Join, Cid, Ann), (join.Type, join.Sender, join.By!));
        Assert.Equal([Bob], (await Catalog.OfAsync(Ann.Id)).Invited[room]);
        Assert.True(await Catalog.KnowEachOtherAsync(Ann.Id, Cid.Id));
    }

    [Fact]
    public async Task An_invitation_of_somebody_who_is_gone_or_blocked_or_took_it_back_opens_no_door()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.AddMemberAsync(room, Cid, Ann);
        await Log.InviteAsync(room, Bob, Cid, Bounds);
        await Log.RemoveMemberAsync(room, Cid, Ann);
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerInvitationAsync(room, Bob, accept: true));
        Assert.True(await Log.WithdrawInvitationAsync(room, Bob.Id, Ann));
        Assert.False(await Log.WithdrawInvitationAsync(room, Bob.Id, Ann));

        await Log.BlockAsync(Bob, Ann, Bounds);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
        Assert.Empty((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Equal([Bob], (await Catalog.OfAsync(Ann.Id)).Invited[room]);
        await RefusedAsync(ErrorCodes.NotFound, Log.AnswerInvitationAsync(room, Bob, accept: true));
    }

    [Fact]
    public async Task Joining_by_oneself_ends_the_invitation()
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
        await Log.AddMemberAsync(room, Bob, Bob);
        Assert.Empty((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Empty((await Catalog.OfAsync(Ann.Id)).Invited[room]);
    }

    [Fact]
    public async Task Only_a_private_or_an_accepted_direct_room_makes_two_people_know_each_other()
    {
        Assert.False(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));
        var open = await Log.CreateAsync(RoomKind.Public, "open", "", Ann);
        await Log.AddMemberAsync(open, Bob, Bob);
        Assert.False(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));

        var closed = await Log.CreateAsync(RoomKind.Private, "closed", "", Ann);
        await Log.AddMemberAsync(closed, Bob, Ann);
        Assert.True(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));
        await Log.RemoveMemberAsync(closed, Bob, Bob);
        Assert.False(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));

        await Log.OpenDirectAsync(Ann, Bob);
        Assert.True(await Catalog.KnowEachOtherAsync(Bob.Id, Ann.Id));
    }

    [Fact]
    public async Task What_waits_and_who_is_blocked_is_bounded()
    {
        foreach (var n in Enumerable.Range(0, 3))
        {
            await Log.BlockAsync(Ann, new UserRef($"b{n}", $"b{n}"), Bounds);
            await Log.RequestDirectAsync(Ann, new UserRef($"r{n}", $"r{n}"), Bounds);
        }
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.BlockAsync(Ann, Bob, Bounds));
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.RequestDirectAsync(Ann, Bob, Bounds));
        Assert.Null(await Catalog.FindDirectAsync(Ann.Id, Bob.Id));

        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        foreach (var n in Enumerable.Range(0, 2))
        {
            await Log.RequestDirectAsync(new UserRef($"s{n}", $"s{n}"), Bob, Bounds);
            await Log.AddMemberAsync(room, new UserRef($"s{n}", $"s{n}"), Ann);
        }
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.RequestDirectAsync(Cid, Bob, Bounds));
        foreach (var n in Enumerable.Range(0, 3))
            await Log.InviteAsync(room, new UserRef($"i{n}", $"i{n}"), Ann, Bounds);
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.InviteAsync(room, Bob, Ann, Bounds));
    }

    [Fact]
    public async Task Most_people_have_nothing_to_read()
    {
        await Log.OpenDirectAsync(Ann, Bob);
        Assert.Same(PersonalConsent.None, await Catalog.OfAsync(Ann.Id));
        Assert.Empty(await Catalog.VersionsAsync([Ann.Id, Bob.Id]));
        await Log.BlockAsync(Ann, Bob, Bounds);
        Assert.Equal(new Dictionary<string, long> { [Ann.Id] = 1 }, await Catalog.VersionsAsync([Ann.Id, Bob.Id]));
    }

    [Fact]
    public async Task Consent_is_on_in_a_new_database() => Assert.True(await Catalog.IsDefaultAsync());

    private async Task<RequestSide?> RequestAsync(UserRef user, string room) =>
        (await Catalog.OfAsync(user.Id)).Requests.TryGetValue(room, out var side) ? side : null;

    private async Task<AppendResult> SayAsync(string room, UserRef sender) =>
        Assert.Single(
            await Log.AppendAsync(room, sender, [new Draft(EventTypes.Message, Guid.NewGuid().ToString("n"), "text")]));

    private static async Task RefusedAsync(string code, Task call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<ChatException>(() => call)).Code);
}

public sealed class SqliteConsentTests : ConsentContract
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

public sealed class PostgresConsentTests(PostgresStore store) : ConsentContract, IClassFixture<PostgresStore>
{
    protected override IDbContextFactory<LogDb> Databases => store;

    protected override async Task<IRoomLog> OpenAsync()
    {
        await store.EmptyAsync();
        return store.Open();
    }
}
