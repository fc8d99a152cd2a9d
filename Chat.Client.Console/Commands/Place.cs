using System.CommandLine;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>The options <c>--room</c> and <c>--to</c>, and the room that they mean.</summary>
public sealed class Place
{
    /// <summary>A room by name or id.</summary>
    public Option<string?> RoomOption { get; } = new("--room", "-r") { Description = "A room, by its name or id", HelpName = "ROOM" };

    /// <summary>A person by name.</summary>
    public Option<string?> ToOption { get; } = new("--to", "-t") { Description = "A person, by name", HelpName = "NAME" };

    /// <summary>Adds both options to a command; they exclude each other.</summary>
    public void AddTo(Command command, bool required)
    {
        command.Options.Add(RoomOption);
        command.Options.Add(ToOption);
        command.Validators.Add(result =>
        {
            var named = (result.GetValue(RoomOption) is null ? 0 : 1) + (result.GetValue(ToOption) is null ? 0 : 1);
            if (named > 1)
                result.AddError("Give --room or --to, not both.");
            else if (required && named == 0)
                result.AddError("Say where: --room ROOM or --to NAME.");
        });
    }

    /// <summary>The room that the options name; null if they name none. Opens the direct room with a person if there was none.</summary>
    public async Task<Room?> FindAsync(ChatConnection connection, ParseResult options, CancellationToken ct)
    {
        if (options.GetValue(ToOption) is { } name)
            return await connection.OpenDirectAsync(name.TrimStart('@'), ct);
        return options.GetValue(RoomOption) is { } room ? await MineAsync(connection, room, ct) : null;
    }

    /// <summary>
    /// One of my rooms by name or id; of several of one name the one that I joined first. Of a public room that I am
    /// not in, the error says how to join it.
    /// </summary>
    /// <param name="connection">Mine.</param>
    /// <param name="name">The room's name or id, as the person gave it.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="onlyOne">Refuses a name that several rooms have.</param>
    public static async Task<Room> MineAsync(
        ChatConnection connection, string name, CancellationToken ct, bool onlyOne = false)
    {
        if (!onlyOne && await JoinedFirstAsync(connection, name, ct) is { } first)
            return first;
        if (RoomNames.Find(connection.Rooms.Values, name) is { } mine)
            return mine;
        if (RoomNames.Find(await connection.PublicRoomsAsync(name.TrimStart('#'), ct), name) is { } other)
            throw new ChatException(ErrorCodes.Forbidden, $"You are not in {RoomNames.Title(other)}; join it with: chat join {other.Name} (in a conversation: /join {other.Name})");
        throw new ChatException(ErrorCodes.NotFound, $"There is no room {name} that you are in or could join.");
    }

    /// <summary>
    /// Of several rooms of mine with one name the one that I joined first; null if there are not several, or if the
    /// server does not tell of each when I joined it. Anybody may make another room of that name and put me into it: a
    /// script goes on with the room that it means.
    /// </summary>
    private static async Task<Room?> JoinedFirstAsync(ChatConnection connection, string name, CancellationToken ct)
    {
        var rooms = RoomNames.Named(connection.Rooms.Values, name).Where(r => r.Kind != RoomKind.Direct).ToList();
        if (rooms.Count < 2 || connection.Rooms.ContainsKey(name) || connection.Me is not { } me)
            return null;
        // An older server neither counts members nor lists them by name.
        if (rooms.Exists(r => r.MemberCount == 0))
            return null;
        var joined = new List<(DateTime At, Room Room)>();
        foreach (var room in rooms)
        {
            var page = await connection.MembersAsync(room.Id, me.Name, ct: ct);
            // More than a page of members may have my name in theirs; then the order is not known.
            if (page.Members.FirstOrDefault(m => m.Id == me.Id) is not { } membership)
                return null;
            joined.Add((membership.JoinedAt, room));
        }
        var first = joined.MinBy(j => j.At).Room;
        Tty.Error.WriteLine(
            $"chat: you are in {rooms.Count} rooms called {TerminalText.Line(name)}; "
                + $"taking {first.Id}, which you joined first");
        return first;
    }
}
