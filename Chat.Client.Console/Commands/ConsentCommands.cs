using System.CommandLine;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat invitations</c>, <c>accept</c> and <c>refuse</c>.</summary>
public static class ConsentCommands
{
    /// <summary>The commands.</summary>
    public static IEnumerable<Command> All() =>
        [Invitations(), Answer("accept", "Accept a request or an invitation", true),
            Answer("refuse", "Refuse a request or an invitation", false)];

    private static Command Invitations()
    {
        var json = new Option<bool>("--json")
        {
            Description = "One JSON object a line: a room with a request, or an invitation",
        };
        var command = new Command("invitations", "List the people who want to talk with you, and the rooms you are "
            + "invited to")
        {
            json,
        };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            foreach (var room in RoomNames.Ordered(connection.Rooms.Values.Where(r => r.Request == RequestSide.Theirs)))
                await invocation.Out.WriteLineAsync(options.GetValue(json) ? Json.Line(room)
                    : Table.Row((RoomNames.Title(room), 24), ("request", 0)));
            foreach (var invitation in connection.Invitations)
            {
                await invocation.Out.WriteLineAsync(options.GetValue(json)
                    ? Json.Line(invitation)
                    : Table.Row(($"#{TerminalText.Line(invitation.Room.Name)}", 24),
                        ($"invited by {TerminalText.Line(invitation.By.Name)}", 0)));
            }
        });
        return command;
    }

    private static Command Answer(string verb, string description, bool accept)
    {
        var name = new Argument<string>("NAME") { Description = "The person who asks, or the room by its name or id" };
        var command = new Command(verb, description) { name };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var wanted = options.GetValue(name)!;
            await invocation.WithinAsync(patience =>
            {
                if (RoomNames.Find(connection.Rooms.Values.Where(r => r.Request == RequestSide.Theirs),
                    wanted) is { } request)
                    return connection.AnswerRequestAsync(request.Id, accept, patience);
                var room = wanted.TrimStart('#');
                var invitation = connection.Invitations.FirstOrDefault(i => i.Room.Id == room
                    || string.Equals(i.Room.Name, room, StringComparison.OrdinalIgnoreCase))
                    ?? throw new ChatException(ErrorCodes.NotFound, $"No request or invitation {wanted}.");
                return connection.AnswerInvitationAsync(invitation.Room.Id, accept, patience);
            }, ct);
        });
        return command;
    }
}
