using Chat.Contracts;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Log;

/// <summary>The places of requests and invitations that wait: each call takes one or frees one.</summary>
public abstract partial class ConsentContract
{
    [Fact]
    public async Task A_refused_request_gives_its_waiting_place_back_and_takes_it_again_when_it_is_shown()
    {
        var first = await Log.RequestDirectAsync(new UserRef("s0", "s0"), Bob, Bounds);
        await Log.RequestDirectAsync(new UserRef("s1", "s1"), Bob, Bounds);
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.RequestDirectAsync(Cid, Bob, Bounds));

        await Log.AnswerRequestAsync(first, Bob, accept: false, Bounds);
        await Log.RequestDirectAsync(Cid, Bob, Bounds);
        await Log.BlockAsync(Bob, Cid, Bounds);
        await Log.ShowAsync(first, Bob.Id);

        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.RequestDirectAsync(Ann, Bob, Bounds));
        await Log.AnswerRequestAsync(first, Bob, accept: false, Bounds);
        await Log.RequestDirectAsync(Ann, Bob, Bounds);
    }

    [Fact]
    public async Task A_refusal_does_not_give_the_askers_place_back_at_once_but_time_does()
    {
        foreach (var n in Enumerable.Range(0, 3))
        {
            var asked = new UserRef($"r{n}", $"r{n}");
            var request = await Log.RequestDirectAsync(Ann, asked, Bounds);
            await Log.AnswerRequestAsync(request, asked, accept: false, Bounds);
        }
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.RequestDirectAsync(Ann, Bob, Bounds));
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        foreach (var n in Enumerable.Range(0, 3))
        {
            await Log.InviteAsync(room, new UserRef($"r{n}", $"r{n}"), Ann, Bounds);
            await Log.AnswerInvitationAsync(room, new UserRef($"r{n}", $"r{n}"), accept: false);
        }
        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.InviteAsync(room, Bob, Ann, Bounds));

        await LongAgoAsync();

        await Log.RequestDirectAsync(Ann, Bob, Bounds);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
    }

    [Fact]
    public async Task A_declined_invitation_stays_declined_when_it_is_taken_back_and_made_again()
    {
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.AddMemberAsync(room, Cid, Ann);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
        await Log.AnswerInvitationAsync(room, Bob, accept: false);

        Assert.True(await Log.WithdrawInvitationAsync(room, Bob.Id, Ann));
        Assert.Empty((await Catalog.OfAsync(Ann.Id)).Invited[room]);
        Assert.False(await Log.WithdrawInvitationAsync(room, Bob.Id, Ann));
        var version = (await Catalog.OfAsync(Bob.Id)).Version;
        foreach (var again in (UserRef[])[Ann, Cid])
        {
            await Log.InviteAsync(room, Bob, again, Bounds);
            Assert.Equal([Bob], (await Catalog.OfAsync(again.Id)).Invited[room]);
            Assert.True(await Log.WithdrawInvitationAsync(room, Bob.Id, again));
        }

        Assert.Empty((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Equal(version, (await Catalog.OfAsync(Bob.Id)).Version);
        await Log.AddMemberAsync(room, Bob, Ann);
        await Log.RemoveMemberAsync(room, Bob, Ann);
        await Log.InviteAsync(room, Bob, Ann, Bounds);
        Assert.Single((await Catalog.OfAsync(Bob.Id)).Invitations);
    }

    [Fact]
    public async Task One_person_has_at_most_five_open_invitations_of_another_whether_they_were_declined_or_not()
    {
        var bounds = new ConsentBounds(Blocked: 10, Open: 100, Waiting: 100);
        var rooms = new List<string>();
        for (var n = 0; n < 6; n++)
            rooms.Add(await Log.CreateAsync(RoomKind.Private, $"room {n}", "", Ann));
        await Log.AddMemberAsync(rooms[5], Cid, Ann);
        foreach (var room in rooms[..5])
            await Log.InviteAsync(room, Bob, Ann, bounds);
        await Log.AnswerInvitationAsync(rooms[0], Bob, accept: false);

        await RefusedAsync(ErrorCodes.QuotaExceeded, Log.InviteAsync(rooms[5], Bob, Ann, bounds));
        await Log.InviteAsync(rooms[5], Bob, Cid, bounds);
        await Log.WithdrawInvitationAsync(rooms[5], Bob.Id, Cid);
        await Log.WithdrawInvitationAsync(rooms[0], Bob.Id, Ann);
        await Log.InviteAsync(rooms[5], Bob, Ann, bounds);
    }

    [Fact]
    public async Task What_changes_nothing_concerns_nobody()
    {
        var room = await Log.RequestDirectAsync(Ann, Bob, Bounds);
        await Log.AnswerRequestAsync(room, Bob, accept: false, Bounds);
        await Log.BlockAsync(Bob, Cid, Bounds);
        var before = await Catalog.VersionsAsync([Ann.Id, Bob.Id, Cid.Id]);

        await Log.AnswerRequestAsync(room, Bob, accept: false, Bounds);
        await Log.BlockAsync(Bob, Cid, Bounds);
        await Log.UnblockAsync(Bob, Ann.Id);
        await Log.ShowAsync(room, Ann.Id);

        Assert.Equal(before, await Catalog.VersionsAsync([Ann.Id, Bob.Id, Cid.Id]));
        Assert.True(await Catalog.IsHiddenAsync(Bob.Id, room));
    }

    /// <summary>Makes all requests and invitations older than the time for which they count.</summary>
    private async Task LongAgoAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = Databases.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync("UPDATE \"Requests\" SET \"At\" = 1", ct);
        await db.Database.ExecuteSqlRawAsync("UPDATE \"RoomInvitations\" SET \"At\" = 1", ct);
    }
}
