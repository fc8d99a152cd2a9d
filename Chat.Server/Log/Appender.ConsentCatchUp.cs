using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>Makes the changes that older nodes left out. Changes nothing where another node was quicker.</summary>
internal abstract partial class Appender
{
    /// <summary>Ends a request in which <paramref name="userId"/>, who was asked, has said something.</summary>
    public void SettleRequest(string roomId, string userId)
    {
        var room = Room(roomId);
        if (room.RequestTo == userId)
            EndRequest(room, userId);
    }

    /// <summary>Ends the invitation of somebody who is a member.</summary>
    public void SettleInvitation(string userId, string roomId)
    {
        var room = Room(roomId);
        if (!Member(room, userId).Present || FindInvitation(userId, roomId) is not { } invitation)
            return;
        DeleteInvitation(userId, roomId);
        _concerned.UnionWith([userId, invitation.By.Id]);
    }

    /// <summary>Hides the direct room with somebody who is blocked.</summary>
    public void SettleBlock(string userId, string otherId)
    {
        if (FindBlock(userId, otherId) && FindDirectRoom(DirectKey(userId, otherId)) is { } room && Hide(userId, room))
            _concerned.Add(userId);
    }
}
