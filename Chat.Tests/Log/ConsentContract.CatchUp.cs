using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Log;

/// <summary>The server derives the acts of nodes of an earlier version when the last of them is gone.</summary>
public abstract partial class ConsentContract
{
    [Fact]
    public async Task What_older_nodes_did_is_derived_afterwards()
    {
        var (wide, ct) = (new Chat.Server.Log.ConsentBounds(10, 10, 10), TestContext.Current.CancellationToken);
        var answered = await Log.RequestDirectAsync(Ann, Bob, wide);
        var waiting = await Log.RequestDirectAsync(Cid, Bob, wide);
        await SayAsync(waiting, Cid);
        var room = await Log.CreateAsync(RoomKind.Private, "room", "", Ann);
        await Log.InviteAsync(room, Bob, Ann, wide);
        await Log.InviteAsync(room, Cid, Ann, wide);
        await Log.BlockAsync(Cid, Ann, wide);
        var blocked = await Log.OpenDirectAsync(Ann, Cid);

        await SayAsync(answered, Bob);
        await Log.AddMemberAsync(room, Bob, Ann);
        // An older node would have left these rows as they were, and not have hidden the room.
        await using (var db = Databases.CreateDbContext())
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                 INSERT INTO "Requests" ("RoomId", "ById", "ToId", "At", "Declined")
                 VALUES ({answered}, 'ann', 'bob', 1, 0)
                 """, ct);
            await db.Database.ExecuteSqlAsync(
                $"""UPDATE "Rooms" SET "RequestTo" = 'bob' WHERE "Id" = {answered}""", ct);
            await db.Database.ExecuteSqlAsync(
                $"""
                 INSERT INTO "RoomInvitations" ("UserId", "RoomId", "UserName", "ById", "ByName", "At", "Declined")
                 VALUES ('bob', {room}, 'Bob', 'ann', 'Ann', 1, 0)
                 """, ct);
            await db.Database.ExecuteSqlRawAsync("DELETE FROM \"HiddenRooms\"", ct);
        }
        Assert.Equal(RequestSide.Mine, await RequestAsync(Ann, answered));

        using var catchUp = new ConsentCatchUp(
            Log, Catalog, new ClusterFeatures(alone: true),
            new BackgroundLoops(TimeProvider.System, NullLogger<BackgroundLoops>.Instance), TimeProvider.System,
            NullLogger<ConsentCatchUp>.Instance);
        Assert.Equal(3, await catchUp.RunOnceAsync(ct));

        Assert.Equal((null, null), (await RequestAsync(Ann, answered), await RequestAsync(Bob, answered)));
        Assert.True(await Catalog.KnowEachOtherAsync(Ann.Id, Bob.Id));
        Assert.Equal(RequestSide.Theirs, await RequestAsync(Bob, waiting));
        Assert.Empty((await Catalog.OfAsync(Bob.Id)).Invitations);
        Assert.Equal([Cid], (await Catalog.OfAsync(Ann.Id)).Invited[room]);
        Assert.True(await Catalog.IsHiddenAsync(Cid.Id, blocked));
        Assert.Equal(0, await catchUp.RunOnceAsync(ct));
    }
}
