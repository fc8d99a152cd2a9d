using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Log;

/// <summary>Requests, invitations and blocks.</summary>
internal abstract partial class RoomLog
{
    public event Action<IReadOnlyList<string>>? ConsentChanged;

    public async Task<string> RequestDirectAsync(UserRef me, UserRef other, ConsentBounds bounds)
    {
        var key = Appender.DirectKey(me.Id, other.Id);
        if (await FindDirectAsync(key) is { } first)
            return first;
        var id = OpaqueId.New();
        return await Of(id).WriteAsync(new Subject(DirectKey: key), log => log.RequestDirect(id, me, other, bounds));
    }

    public Task AnswerRequestAsync(string roomId, UserRef me, bool accept, ConsentBounds bounds) =>
        Of(roomId).WriteAsync(new Subject(roomId, me.Id),
            log => Done(() => log.AnswerRequest(roomId, me, accept, bounds)));

    public Task ShowAsync(string roomId, string userId) =>
        Of(roomId).WriteAsync(new Subject(roomId, userId), log => Done(() => log.Show(roomId, userId)));

    public Task BlockAsync(UserRef me, UserRef other, ConsentBounds bounds) =>
        Of(me.Id).WriteAsync(new Subject(DirectKey: Appender.DirectKey(me.Id, other.Id)),
            log => Done(() => log.Block(me, other, bounds)));

    public Task UnblockAsync(UserRef me, string otherId) =>
        Of(me.Id).WriteAsync(new Subject(DirectKey: Appender.DirectKey(me.Id, otherId)),
            log => Done(() => log.Unblock(me, otherId)));

    public Task InviteAsync(string roomId, UserRef person, UserRef by, ConsentBounds bounds) =>
        Of(roomId).WriteAsync(new Subject(roomId, person.Id, by.Id),
            log => Done(() => log.Invite(roomId, person, by, bounds)));

    public Task AnswerInvitationAsync(string roomId, UserRef me, bool accept) =>
        Of(roomId).WriteAsync(new Subject(roomId, me.Id), log => Done(() => log.AnswerInvitation(roomId, me, accept)));

    public Task SettleRequestAsync(string roomId, string userId) =>
        Of(roomId).WriteAsync(new Subject(roomId), log => Done(() => log.SettleRequest(roomId, userId)));

    public Task SettleInvitationAsync(string userId, string roomId) =>
        Of(roomId).WriteAsync(new Subject(roomId, userId), log => Done(() => log.SettleInvitation(userId, roomId)));

    public Task SettleBlockAsync(string userId, string otherId) => Of(userId).WriteAsync(
        new Subject(DirectKey: Appender.DirectKey(userId, otherId)),
        log => Done(() => log.SettleBlock(userId, otherId)));

    public Task<bool> WithdrawInvitationAsync(string roomId, string userId, UserRef by) =>
        Of(roomId).WriteAsync(new Subject(roomId, userId, by.Id), log => log.WithdrawInvitation(roomId, userId, by));
}
