using System.Globalization;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>Events as plain text, safe for a terminal: one line each, further lines of a message indented.</summary>
/// <param name="zone">Whose clock the times are read on.</param>
public sealed class EventText(TimeZoneInfo zone)
{
    /// <summary>Whether numbers are written in front.</summary>
    public bool Numbers { get; set; }

    /// <summary>The ids of people whose messages are folded.</summary>
    public HashSet<string> Blocked { get; } = [];

    /// <summary>Whether messages of blocked people are shown all the same.</summary>
    public bool ShowBlocked { get; set; }

    /// <summary>Whether the sender of this message is blocked and the message is folded.</summary>
    public bool Folds(ChatEvent e) =>
        !ShowBlocked && (e.Type is EventTypes.Message or EventTypes.Edit) && Blocked.Contains(e.Sender.Id);

    /// <summary>The text in place of a folded message.</summary>
    public const string Folded = "(somebody you blocked; /blocked shows it)";

    /// <summary>The local time of an event.</summary>
    public DateTime Local(ChatEvent e) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(e.At, DateTimeKind.Utc), zone);

    /// <summary>Hours and minutes.</summary>
    public string Clock(ChatEvent e) => Local(e).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The event as text; null for a type that this version does not know.</summary>
    /// <param name="e">The event.</param>
    /// <param name="room">The room's name, where it has to be said.</param>
    public string? Line(ChatEvent e, string? room = null)
    {
        if ((Folds(e) ? Folded : Happening(e)) is not { } text)
            return null;
        var number = Numbers ? $"#{e.Seq} " : "";
        var place = room is null ? "" : $"[{TerminalText.Line(room)}] ";
        return $"{number}{Clock(e)} {place}{text}";
    }

    /// <summary>Who did what, without time and place; null for a type that this version does not know.</summary>
    public static string? Happening(ChatEvent e)
    {
        var who = TerminalText.Line(e.Sender.Name);
        return e.Type switch
        {
            EventTypes.Message when e.Body is null => $"{who}: (deleted)",
            EventTypes.Message when Action(e.Body) is { } action => $"* {who} {Indented(action)}",
            EventTypes.Message when e.ReplyTo is { } to => $"{who} (to #{to}): {Indented(e.Body)}",
            EventTypes.Message => $"{who}: {Indented(e.Body)}",
            EventTypes.Edit => $"{who} edited #{e.Target}: {Indented(e.Body ?? "(deleted)")}",
            EventTypes.Delete => $"{who} took back #{e.Target}",
            EventTypes.Reaction when string.IsNullOrEmpty(e.Body) => $"{who} took back a reaction to #{e.Target}",
            EventTypes.Reaction => $"{who} reacted to #{e.Target} with {TerminalText.Line(e.Body)}",
            EventTypes.Join or EventTypes.Leave or EventTypes.Room => $"-- {Change(e)}",
            _ => null,
        };
    }

    /// <summary>A join, a leave or a change of the room as a sentence without its dot.</summary>
    public static string Change(ChatEvent e)
    {
        var who = TerminalText.Line(e.Sender.Name);
        return e switch
        {
            { Type: EventTypes.Join, By: { } by } => $"{who} was invited by {TerminalText.Line(by.Name)}",
            { Type: EventTypes.Join } => $"{who} joined",
            { Type: EventTypes.Leave, By: { } by } => $"{who} was removed by {TerminalText.Line(by.Name)}",
            { Type: EventTypes.Leave } => $"{who} left",
            { Room: { Name: { } name, Topic: { } topic } } => $"{who} named the room {TerminalText.Line(name)}, topic: {TerminalText.Line(topic)}",
            { Room.Name: { } name } => $"{who} named the room {TerminalText.Line(name)}",
            { Room.Topic: "" } => $"{who} removed the topic",
            { Room.Topic: { } topic } => $"{who} set the topic: {TerminalText.Line(topic)}",
            _ => $"{who} changed the room",
        };
    }

    /// <summary>What somebody does, of a body that begins with <c>/me </c>; null for any other.</summary>
    public static string? Action(string body) => body.StartsWith("/me ", StringComparison.Ordinal) ? body[4..] : null;

    private static string Indented(string body) => TerminalText.Lines(body).Replace("\n", "\n  ", StringComparison.Ordinal);
}
