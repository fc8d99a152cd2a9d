using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;

namespace Chat.Tests.Client;

/// <summary>The library's calls about with whom one talks, against a server on which strangers have to ask.</summary>
public sealed class ConsentCallsTests(ConsentServer server) : IClassFixture<ConsentServer>, IAsyncLifetime
{
    private Person _ann = null!;
    private ChatConnection _anns = null!, _bobs = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        _anns = new ChatConnection(_ann.Options());
        _bobs = new ChatConnection((await Person.SignUpAsync(server.Uri, Ct, "bob")).Options());
        await _anns.StartAsync(Expect.Soon);
        await _bobs.StartAsync(Expect.Soon);
    }

    public async ValueTask DisposeAsync()
    {
        await _anns.DisposeAsync();
        await _bobs.DisposeAsync();
    }

    [Fact]
    public async Task A_request_is_refused_and_an_accepted_one_is_a_room()
    {
        var room = await _anns.OpenDirectAsync(_bobs.Me!.Name, Expect.Soon);
        await Expect.HoldsAsync(
            () => _bobs.Rooms.TryGetValue(room.Id, out var asked) && asked.Request == RequestSide.Theirs);

        await _bobs.AnswerRequestAsync(room.Id, accept: false, Expect.Soon);
        await Expect.HoldsAsync(() => !_bobs.Rooms.ContainsKey(room.Id));
        await _bobs.AnswerRequestAsync(room.Id, accept: true, Expect.Soon);
        await Expect.HoldsAsync(() => _bobs.Rooms.TryGetValue(room.Id, out var open) && open.Request is null);
    }

    [Fact]
    public async Task Blocking_takes_the_direct_room_away_and_unblocking_brings_it_back()
    {
        var room = await _anns.OpenDirectAsync(_bobs.Me!.Name, Expect.Soon);
        await Expect.HoldsAsync(() => _bobs.Rooms.ContainsKey(room.Id));

        await _bobs.BlockAsync(_ann.User.Id, Expect.Soon);
        await Expect.HoldsAsync(() => !_bobs.Rooms.ContainsKey(room.Id));
        Assert.Equal([_ann.User.Id], (await _bobs.BlockedAsync(Expect.Soon)).Select(p => p.Id));

        await _bobs.UnblockAsync(_ann.User.Id, Expect.Soon);
        await Expect.HoldsAsync(() => _bobs.Rooms.ContainsKey(room.Id));
        Assert.Empty(await _bobs.BlockedAsync(Expect.Soon));
    }

    [Fact]
    public async Task An_invitation_is_declined_or_accepted_once()
    {
        var rooms = new List<Room>();
        for (var i = 0; i < 2; i++)
        {
            rooms.Add(await _ann.CreateRoomAsync(Ct, RoomKind.Private));
            await _anns.InviteAsync(rooms[i].Id, _bobs.Me!.Name, Expect.Soon);
        }
        await Expect.HoldsAsync(() => _bobs.Invitations.Count == 2);

        await _bobs.AnswerInvitationAsync(rooms[0].Id, accept: false, Expect.Soon);
        await _bobs.AnswerInvitationAsync(rooms[1].Id, accept: true, Expect.Soon);

        Assert.Empty(_bobs.Invitations);
        await Expect.HoldsAsync(() => _bobs.Rooms.ContainsKey(rooms[1].Id));
        Assert.DoesNotContain(rooms[0].Id, _bobs.Rooms.Keys);
    }
}
