using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>What the words after a command are.</summary>
public enum Completes
{
    /// <summary>Nothing that can be completed.</summary>
    Nothing,

    /// <summary>Names of people.</summary>
    People,

    /// <summary>Names of rooms.</summary>
    Rooms,

    /// <summary>Names of transports.</summary>
    Transports,

    /// <summary>Names of commands.</summary>
    Commands,
}

/// <summary>A command of a conversation.</summary>
/// <param name="Name">Without the slash.</param>
/// <param name="Arguments">How its arguments are written; empty if it has none.</param>
/// <param name="Help">What it does, in one line.</param>
/// <param name="Completes">What Tab offers for its first argument.</param>
/// <param name="Needs">How many words it cannot do without.</param>
public sealed record SlashCommand(string Name, string Arguments, string Help, Completes Completes = Completes.Nothing, int Needs = 0)
{
    /// <summary>As a person types it.</summary>
    public string Usage => Arguments.Length == 0 ? $"/{Name}" : $"/{Name} {Arguments}";

    /// <summary>Every command, in the order that help shows them.</summary>
    public static IReadOnlyList<SlashCommand> All { get; } =
    [
        new("msg", "NAME [TEXT]", "talk to a person", Completes.People, 1),
        new("join", "ROOM", "go to a room of yours, or join a public one", Completes.Rooms, 1),
        new("leave", "[ROOM]", "leave a room", Completes.Rooms),
        new("create", "NAME [private]", "create a room, public unless you say private", Needs: 1),
        new("rooms", "[QUERY]", "your rooms, and public ones that you could join", Completes.Rooms),
        new("next", "", "go to the next room with something unread"),
        new("who", "[ROOM]", "who is in a room", Completes.Rooms),
        new("invite", "NAME", "bring somebody into this room", Completes.People, 1),
        new("remove", "NAME", "take somebody out of this room", Completes.People, 1),
        new("invitations", "", "people who want to talk with you, and rooms you are invited to"),
        new("accept", "[NAME]", "talk with somebody who asks, or go into a room you are invited to", Completes.People),
        new("refuse", "[NAME]", "do not; nobody is told", Completes.People),
        new("block", "NAME", "see and hear nothing more of somebody; they are not told", Completes.People, 1),
        new("unblock", "NAME", "take a block back", Needs: 1),
        new("blocked", "", "list the people you blocked, and show or hide their messages"),
        new("me", "TEXT", "say what you do", Needs: 1),
        new("reply", "[#N] TEXT", "answer a message: number N, or the last one", Needs: 1),
        new("edit", "[#N] TEXT", "replace a message of yours: number N, or your last one", Needs: 1),
        new("delete", "[#N]", "take back a message of yours: number N, or your last one"),
        new("react", "[#N] REACTION", "put an emoji on a message: number N, or the last one", Needs: 1),
        new("numbers", "", "show or hide the numbers of messages"),
        new("history", "", "load older messages"),
        new("topic", "[TEXT]", "show or set the topic of this room"),
        new("rename", "NAME", "rename this room", Needs: 1),
        new("status", "", "transport, state, round trip, who is typing"),
        new("transport", "[auto|websockets|sse|longpolling]", "show or choose the transport", Completes.Transports),
        new("reconnect", "", "drop the connection and come back"),
        new("help", "[COMMAND]", "commands and keys", Completes.Commands),
        new("quit", "", "leave the program"),
    ];

    /// <summary>The command of this name, whatever its case; null if there is none.</summary>
    public static SlashCommand? Find(string name) => All.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What a person entered.</summary>
public abstract record Entered
{
    /// <summary>Nothing but blanks.</summary>
    public sealed record Nothing : Entered;

    /// <summary>A message for the current room.</summary>
    public sealed record Message(string Body) : Entered;

    /// <summary>A command and the rest of the line, trimmed.</summary>
    public sealed record Command(SlashCommand What, string Rest) : Entered;

    /// <summary>Something that begins like a command but is none, or lacks an argument.</summary>
    public sealed record Mistake(string Text) : Entered;

    /// <summary>
    /// Reads an input. A leading slash makes a command; two make a message that begins with one. <c>/me</c> is a message
    /// whose body begins with <c>/me </c>, which clients show as an action.
    /// </summary>
    public static Entered Parse(string input)
    {
        var text = input.Trim();
        // The server refuses a text that shows nothing, such as a joiner alone.
        if (!VisibleText.ShowsSomething(text))
            return new Nothing();
        if (text[0] != '/')
            return new Message(text);
        if (text.StartsWith("//", StringComparison.Ordinal))
            return new Message(text[1..]);

        var space = text.IndexOfAny([' ', '\t', '\n']);
        var name = space < 0 ? text[1..] : text[1..space];
        var rest = space < 0 ? "" : text[(space + 1)..].Trim();
        if (SlashCommand.Find(name) is not { } command)
            return new Mistake($"There is no /{name}. /help lists the commands; //{name} sends it as text.");
        if (rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length < command.Needs)
            return new Mistake($"Usage: {command.Usage}");
        return command.Name == "me" ? new Message($"/me {rest}") : new Command(command, rest);
    }
}
