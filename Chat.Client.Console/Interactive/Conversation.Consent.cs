using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <content>The commands for requests, invitations and blocks.</content>
public sealed partial class Conversation
{
    /// <summary>The rooms that the person is invited to.</summary>
    public IReadOnlyList<Invitation> Invitations => connection.Invitations;

    private async Task AnswerAsync(string rest, bool accept)
    {
        var (request, invitation) = Asked(rest.TrimStart('#', '@'));
        if (request is not null)
        {
            await connection.AnswerRequestAsync(request.Id, accept, _stopping);
            Note(accept ? $"You talk with {RoomNames.Title(request)} now."
                : $"{RoomNames.Title(request)} is hidden. /msg {TerminalText.Line(request.Name)} brings it back.");
        }
        else
        {
            await connection.AnswerInvitationAsync(invitation!.Room.Id, accept, _stopping);
            var name = TerminalText.Line(invitation.Room.Name);
            Note(accept ? $"You are in #{name} now; /join {name} goes there."
                : $"You declined the invitation to #{name}.");
        }
    }

    /// <summary>
    /// Finds the request or invitation that the person means: the named one, the open room, or the only one.
    /// </summary>
    private (Room? Request, Invitation? Invitation) Asked(string name)
    {
        var requests = Rooms.Where(r => r.Request == RequestSide.Theirs).ToList();
        if (name.Length == 0)
        {
            if (Current is { Request: RequestSide.Theirs } open)
                return (open, null);
            return (requests.Count, Invitations.Count) switch
            {
                (1, 0) => (requests[0], null),
                (0, 1) => (null, Invitations[0]),
                (0, 0) => throw new ChatException(ErrorCodes.NotFound, "There are no requests or invitations."),
                _ => throw new ChatException(ErrorCodes.Invalid, "Say which: /invitations lists them."),
            };
        }
        if (RoomNames.Find(requests, name) is { } request)
            return (request, null);
        return (null, Invitations.FirstOrDefault(i =>
            i.Room.Id == name || string.Equals(i.Room.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ChatException(ErrorCodes.NotFound,
                $"No request or invitation {name}. /invitations lists them."));
    }

    private Task ListInvitationsAsync()
    {
        var lines = Rooms.Where(r => r.Request == RequestSide.Theirs)
            .Select(r => $"{RoomNames.Title(r)} wants to talk with you")
            .Concat(Invitations.Select(i =>
                $"#{TerminalText.Line(i.Room.Name)}: invited by {TerminalText.Line(i.By.Name)}")).ToList();
        return Say(lines.Count == 0 ? "There are no requests or invitations."
            : $"/accept NAME or /refuse NAME:\n  {string.Join("\n  ", lines)}");
    }

    private async Task BlockAsync(string rest)
    {
        var name = rest.TrimStart('@');
        var person = Rooms.SelectMany(r => r.Members).Concat(Invitations.Select(i => i.By))
            .FirstOrDefault(p => IsNamed(p, name))
            ?? throw new ChatException(ErrorCodes.NotFound, $"You have met nobody called {name}.");
        await connection.BlockAsync(person.Id, _stopping);
        Text.Blocked.Add(person.Id);
        Note($"{TerminalText.Line(person.Name)} is blocked and does not notice. /unblock "
            + $"{TerminalText.Line(person.Name)} takes it back.");
    }

    private async Task UnblockAsync(string rest)
    {
        var name = rest.TrimStart('@');
        var person = (await connection.BlockedAsync(_stopping)).FirstOrDefault(p => IsNamed(p, name))
            ?? throw new ChatException(ErrorCodes.NotFound, $"You have not blocked {name}.");
        await connection.UnblockAsync(person.Id, _stopping);
        Text.Blocked.Remove(person.Id);
        Note($"{TerminalText.Line(person.Name)} is no longer blocked.");
    }

    private async Task ShowBlockedAsync()
    {
        var blocked = await connection.BlockedAsync(_stopping);
        Know(blocked);
        Text.ShowBlocked = !Text.ShowBlocked;
        Note(blocked.Count == 0
            ? "You have blocked nobody."
            : $"Blocked: {string.Join(", ", blocked.Select(p => TerminalText.Line(p.Name)))}. "
                + $"Their messages are {(Text.ShowBlocked ? "shown" : "hidden")}.");
    }

    /// <summary>
    /// Asks whose messages are folded: at each connection, and when a room goes or a direct room comes. Another device
    /// may have changed the list, and no signal tells.
    /// </summary>
    private async Task LearnBlockedAsync()
    {
        try
        {
            Know(await connection.BlockedAsync(_stopping));
        }
        catch (Exception refusal) when (refusal is ChatException or OperationCanceledException)
        {
            // An older server knows no blocks.
        }
    }

    private void Know(IReadOnlyList<UserRef> blocked)
    {
        Text.Blocked.Clear();
        Text.Blocked.UnionWith(blocked.Select(p => p.Id));
        Changed?.Invoke();
    }

    private void NoteInvitation(Invitation invitation) =>
        Note($"{TerminalText.Line(invitation.By.Name)} invites you to #{TerminalText.Line(invitation.Room.Name)}: "
            + $"/accept or /refuse {TerminalText.Line(invitation.Room.Name)}");

    private static bool IsNamed(UserRef person, string name) =>
        string.Equals(person.Name, name, StringComparison.OrdinalIgnoreCase);
}
