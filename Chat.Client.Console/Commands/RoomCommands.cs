using System.CommandLine;
using System.Globalization;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat rooms</c>, <c>join</c>, <c>leave</c>, <c>create</c> and <c>who</c>.</summary>
public static class RoomCommands
{
    /// <summary>The commands.</summary>
    public static IEnumerable<Command> All() => [Rooms(), Join(), Leave(), Create(), Who()];

    private static Command Rooms()
    {
        var others = new Option<bool>("--public") { Description = "Public rooms that you could join, instead of your own" };
        var query = new Argument<string?>("QUERY") { Description = "With --public: only rooms whose name contains this", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("rooms", "List your rooms with what is unread") { others, query, json };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            IEnumerable<Room> rooms = connection.Rooms.Values;
            if (options.GetValue(others))
                rooms = (await invocation.WithinAsync(patience => connection.PublicRoomsAsync(options.GetValue(query), patience), ct)).Where(r => !connection.Rooms.ContainsKey(r.Id));
            foreach (var room in RoomNames.Ordered(rooms))
            {
                var unread = room.Unread > 0 ? string.Create(CultureInfo.InvariantCulture, $"{room.Unread} unread") : "";
                var kind = room.Kind.ToString().ToLowerInvariant();
                await invocation.Out.WriteLineAsync(options.GetValue(json)
                    ? Json.Line(room)
                    : Table.Row((RoomNames.Title(room), 24), (kind, 8), (unread, 13), (TerminalText.Line(room.Topic), 0)));
            }
        });
        return command;
    }

    private static Command Join() => OnRoom("join", "Join a public room", "A public room, by its name or id", async (connection, name, ct) =>
    {
        if (RoomNames.Find(connection.Rooms.Values, name) is not null)
            return;
        // An id is not found by a search for names; the server knows it.
        var found = RoomNames.Find(await connection.PublicRoomsAsync(name.TrimStart('#'), ct), name);
        await connection.JoinAsync(found?.Id ?? name, ct);
    });

    private static Command Leave() => OnRoom("leave", "Leave a room", "A room of yours, by its name or id", async (connection, name, ct) =>
        await connection.LeaveAsync((await Place.MineAsync(connection, name, ct, onlyOne: true)).Id, ct));

    private static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "What to call it" };
        var isPrivate = new Option<bool>("--private") { Description = "Only those who are invited can find it" };
        var topic = new Option<string?>("--topic") { Description = "What it is about", HelpName = "TEXT" };
        var json = new Option<bool>("--json") { Description = "Print the room as JSON" };
        var command = new Command("create", "Create a room, public unless you say otherwise") { name, isPrivate, topic, json };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var kind = options.GetValue(isPrivate) ? RoomKind.Private : RoomKind.Public;
            var room = await invocation.WithinAsync(patience => connection.CreateRoomAsync(new NewRoom(options.GetValue(name), kind, options.GetValue(topic)), patience), ct);
            if (options.GetValue(json))
                await invocation.Out.WriteLineAsync(Json.Line(room));
        });
        return command;
    }

    private static Command Who()
    {
        var room = new Option<string?>("--room", "-r") { Description = "Only the members of this room", HelpName = "ROOM" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("who", "List the people in your rooms") { room, json };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var rooms = options.GetValue(room) is { } name
                ? [await invocation.WithinAsync(patience => Place.MineAsync(connection, name, patience), ct)]
                : RoomNames.Ordered(connection.Rooms.Values);
            var people = new List<UserRef>();
            foreach (var one in rooms)
                people.AddRange(await connection.AllMembersAsync(one, ct: ct));
            foreach (var person in people.DistinctBy(m => m.Id)
                .OrderBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase))
                await invocation.Out.WriteLineAsync(options.GetValue(json) ? Json.Line(person) : TerminalText.Line(person.Name));
        });
        return command;
    }

    private static Command OnRoom(string verb, string description, string what, Func<ChatConnection, string, CancellationToken, Task> work)
    {
        var name = new Argument<string>("ROOM") { Description = what };
        var command = new Command(verb, description) { name };
        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            await invocation.WithinAsync(patience => work(connection, options.GetValue(name)!, patience), ct);
        });
        return command;
    }
}
