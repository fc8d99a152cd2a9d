using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Relay;

/// <summary>A node's log as it looks when everything is written through another node: reads are its own, and nobody tells it of commits.</summary>
internal sealed class WrittenElsewhere(IRoomLog own, IRoomLog other) : IRoomLog
{
    public event Action<IReadOnlyList<ChatEvent>>? Committed { add { } remove { } }

    public Task<IReadOnlyList<AppendResult>> AppendAsync(string roomId, UserRef sender, IReadOnlyList<Draft> drafts) => other.AppendAsync(roomId, sender, drafts);

    public Task<string> CreateAsync(RoomKind kind, string name, string topic, UserRef owner) => other.CreateAsync(kind, name, topic, owner);

    public Task<string> OpenDirectAsync(UserRef me, UserRef them) => other.OpenDirectAsync(me, them);

    public Task AddMemberAsync(string roomId, UserRef member, UserRef by) => other.AddMemberAsync(roomId, member, by);

    public Task RemoveMemberAsync(string roomId, UserRef member, UserRef by) => other.RemoveMemberAsync(roomId, member, by);

    public Task ChangeRoomAsync(string roomId, RoomChange change, UserRef by) => other.ChangeRoomAsync(roomId, change, by);

    public Task<ReadMark> MarkReadAsync(string roomId, string userId, long seq) =>
        other.MarkReadAsync(roomId, userId, seq);

    public Task<IReadOnlyList<ChatEvent>> ReadAfterAsync(string roomId, long after, int limit, CancellationToken cancellation) =>
        own.ReadAfterAsync(roomId, after, limit, cancellation);

    public Task<IReadOnlyList<ChatEvent>> ReadBeforeAsync(string roomId, long before, int limit, CancellationToken cancellation) =>
        own.ReadBeforeAsync(roomId, before, limit, cancellation);

    public Task<IReadOnlyDictionary<string, long>> HeadsAsync(IReadOnlyCollection<string> roomIds, CancellationToken cancellation) =>
        own.HeadsAsync(roomIds, cancellation);

    public Task<IReadOnlyDictionary<string, string?>> GenerationsAsync(IReadOnlyDictionary<string, long> events,
        CancellationToken cancellation) =>
        own.GenerationsAsync(events, cancellation);

    public Task<string> GenerationAsync(CancellationToken cancellation) => own.GenerationAsync(cancellation);
    public event Action<IReadOnlyList<string>>? ConsentChanged { add { } remove { } }

    public Task<string> RequestDirectAsync(UserRef me, UserRef them, ConsentBounds bounds) =>
        other.RequestDirectAsync(me, them, bounds);

    public Task AnswerRequestAsync(string roomId, UserRef me, bool accept, ConsentBounds bounds) =>
        other.AnswerRequestAsync(roomId, me, accept, bounds);

    public Task ShowAsync(string roomId, string userId) => other.ShowAsync(roomId, userId);

    public Task BlockAsync(UserRef me, UserRef them, ConsentBounds bounds) => other.BlockAsync(me, them, bounds);

    public Task UnblockAsync(UserRef me, string otherId) => other.UnblockAsync(me, otherId);

    public Task InviteAsync(string roomId, UserRef person, UserRef by, ConsentBounds bounds) =>
        other.InviteAsync(roomId, person, by, bounds);

    public Task AnswerInvitationAsync(string roomId, UserRef me, bool accept) =>
        other.AnswerInvitationAsync(roomId, me, accept);

    public Task<bool> WithdrawInvitationAsync(string roomId, string userId, UserRef by) =>
        other.WithdrawInvitationAsync(roomId, userId, by);

    public Task SettleRequestAsync(string roomId, string userId) => other.SettleRequestAsync(roomId, userId);

    public Task SettleInvitationAsync(string userId, string roomId) => other.SettleInvitationAsync(userId, roomId);

    public Task SettleBlockAsync(string userId, string otherId) => other.SettleBlockAsync(userId, otherId);

    public Task ProbeAsync() => other.ProbeAsync();
}
