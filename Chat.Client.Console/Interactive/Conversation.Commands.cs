using System.Globalization;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <content>What a person enters, carried out.</content>
public sealed partial class Conversation
{
    /// <summary>
    /// The most members that /who names, because no screen has room for more. <c>chat who</c> prints all.
    /// </summary>
    private const int MembersShown = 1_000;

    private DateTimeOffset _saidTyping;

    /// <summary>Sends a message or carries out a command. What goes wrong is noted, never thrown.</summary>
    public async Task SubmitAsync(string input)
    {
        try
        {
            switch (Entered.Parse(input))
            {
                case Entered.Message message:
                    await SendAsync(message.Body);
                    break;
                case Entered.Command command:
                    await CarryOutAsync(command.What.Name, command.Rest);
                    break;
                case Entered.Mistake mistake:
                    Note(mistake.Text);
                    break;
            }
        }
        catch (ChatException refusal)
        {
            Note($"{TerminalText.Line(refusal.Message)} ({refusal.Code})");
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>The person is writing a message; the others are told, at most every three seconds.</summary>
    public void IsTyping()
    {
        var now = time.GetUtcNow();
        if (CurrentId is not { } roomId || now - _saidTyping < TimeSpan.FromSeconds(3))
            return;
        _saidTyping = now;
        _ = TypingAsync(roomId);
    }

    private async Task TypingAsync(string roomId)
    {
        try
        {
            await connection.TypingAsync(roomId, _stopping);
        }
        catch (Exception refusal) when (refusal is ChatException or OperationCanceledException)
        {
            // A signal: it may be lost.
        }
    }

    private Task CarryOutAsync(string command, string rest) => command switch
    {
        "msg" => MessageAsync(rest),
        "join" => GoAsync(rest),
        "leave" => connection.LeaveAsync((rest.Length == 0 ? Here() : Mine(rest)).Id, _stopping),
        "create" => CreateAsync(rest),
        "rooms" => ListRoomsAsync(rest),
        "next" => NextUnreadAsync(),
        "who" => WhoAsync(rest.Length == 0 ? Here() : Mine(rest)),
        "invite" => connection.InviteAsync(Here().Id, rest.TrimStart('@'), _stopping),
        "remove" => connection.RemoveAsync(Here().Id, rest.TrimStart('@'), _stopping),
        "accept" => AnswerAsync(rest, accept: true),
        "refuse" => AnswerAsync(rest, accept: false),
        "invitations" => ListInvitationsAsync(),
        "block" => BlockAsync(rest),
        "unblock" => UnblockAsync(rest),
        "blocked" => ShowBlockedAsync(),
        "reply" => ReplyAsync(rest),
        "edit" => EditAsync(rest),
        "delete" => connection.DeleteAsync(Here().Id, Numbered(rest, IsMine).Seq, ct: _stopping),
        "react" => ReactAsync(rest),
        "numbers" => Say((Text.Numbers = !Text.Numbers) ? "Numbers are shown." : "Numbers are hidden."),
        "history" => HistoryAsync(),
        "topic" when rest.Length == 0 => Say(Here().Topic is { Length: > 0 } topic ? $"Topic: {TerminalText.Line(topic)}" : "No topic."),
        "topic" => connection.ChangeRoomAsync(Here().Id, new RoomChange(Topic: rest), _stopping),
        "rename" => connection.ChangeRoomAsync(Here().Id, new RoomChange(Name: rest), _stopping),
        "status" => Say(DescribeStatus()),
        "transport" when rest.Length == 0 => Say(DescribeStatus()),
        "transport" => connection.UseTransportAsync(TransportNames.Parse(rest)),
        "reconnect" => connection.ReconnectAsync("asked for"),
        "help" => Say(HelpText.For(rest)),
        "quit" => Quit(),
        _ => throw new InvalidOperationException($"/{command} is in the list of commands, but does nothing."),
    };

    private async Task SendAsync(string body, long? replyTo = null)
    {
        var room = Here();
        _outgoing.Dismiss(room.Id);
        var clientId = Guid.NewGuid().ToString("N");
        _outgoing.Queue(new OutgoingMessage(room.Id, clientId, body));
        Changed?.Invoke();
        try
        {
            await connection.SendAsync(room.Id, body, replyTo, clientId, _stopping);
        }
        catch (ChatException refusal)
        {
            _outgoing.Fail(clientId, new SendError(refusal.Code, refusal.Message));
            Noted?.Invoke($"Not sent: {TerminalText.Line(refusal.Message)} ({refusal.Code})");
            Changed?.Invoke();
        }
    }

    private async Task MessageAsync(string rest)
    {
        var (name, text) = Word(rest);
        await TalkToAsync(name);
        if (text.Length > 0)
            await SendAsync(text);
    }

    private async Task TalkToAsync(string name) => await OpenAsync(await connection.OpenDirectAsync(name.TrimStart('@'), _stopping));

    private async Task GoAsync(string name)
    {
        var room = RoomNames.Find(connection.Rooms.Values, name);
        if (room is null)
        {
            var found = RoomNames.Find(await connection.PublicRoomsAsync(name.TrimStart('#'), _stopping), name)
                ?? throw new ChatException(ErrorCodes.NotFound, $"No room {name} that you could join. /rooms lists them, /create makes one.");
            room = await connection.JoinAsync(found.Id, _stopping);
        }
        await OpenAsync(room);
    }

    private async Task CreateAsync(string rest)
    {
        var isPrivate = rest.EndsWith(" private", StringComparison.OrdinalIgnoreCase);
        var name = isPrivate ? rest[..^" private".Length].Trim() : rest;
        await OpenAsync(await connection.CreateRoomAsync(new NewRoom(name.TrimStart('#'), isPrivate ? RoomKind.Private : RoomKind.Public), _stopping));
    }

    private async Task ListRoomsAsync(string query)
    {
        var others = (await connection.PublicRoomsAsync(query.Length == 0 ? null : query, _stopping)).Where(r => !connection.Rooms.ContainsKey(r.Id)).ToList();
        var lines = Rooms.Where(r => r.Name.Contains(query, StringComparison.CurrentCultureIgnoreCase))
            .Select(r => $"{RoomNames.Title(r)}{(r.Unread > 0 && r.Id != CurrentId ? $" ({r.Unread} unread)" : "")}{Topic(r)}").ToList();
        Note($"{(lines.Count == 0 ? "None of your rooms." : $"Your rooms:\n  {string.Join("\n  ", lines)}")}"
            + (others.Count == 0 ? "" : $"\nPublic rooms to /join:\n  {string.Join("\n  ", RoomNames.Ordered(others).Select(r => $"{RoomNames.Title(r)}{Topic(r)}"))}"));

        static string Topic(Room room) => room.Topic.Length == 0 ? "" : $" – {TerminalText.Line(room.Topic)}";
    }

    private async Task WhoAsync(Room room)
    {
        var first = await connection.AllMembersAsync(room, MembersShown, _stopping);
        var members = first.OrderBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase).Select(m =>
            TerminalText.Line(m.Name) + (m.Id == Me?.Id ? " (you)" : People.State(m.Id) is { } state ? $" ({state.ToString().ToLowerInvariant()})" : ""));
        var more = room.MemberCount > first.Count ? $" and {room.MemberCount - first.Count} more" : "";
        Note($"In {RoomNames.Title(room)}: {string.Join(", ", members)}{more}");
    }

    private Task ReplyAsync(string rest)
    {
        var (target, text) = Numbered(rest, m => !IsMine(m));
        return text.Length == 0 ? Say("Usage: /reply [#N] TEXT") : SendAsync(text, target);
    }

    private Task EditAsync(string rest)
    {
        var (target, text) = Numbered(rest, IsMine);
        return text.Length == 0 ? Say("Usage: /edit [#N] TEXT") : connection.EditAsync(Here().Id, target, text, ct: _stopping);
    }

    private Task ReactAsync(string rest)
    {
        var (target, reaction) = Numbered(rest, m => !IsMine(m));
        // A dash takes mine back: an empty argument could not be told from a forgotten one.
        return reaction.Length == 0 ? Say("Usage: /react [#N] REACTION, or - to take yours back") : connection.ReactAsync(Here().Id, target, reaction == "-" ? "" : reaction, ct: _stopping);
    }

    private async Task HistoryAsync()
    {
        var before = Timeline.Oldest;
        if (!await LoadOlderAsync())
            Note(Timeline.Complete ? "This is the beginning of the room." : "Older messages could not be loaded now.");
        else
            OlderLoaded?.Invoke([.. Timeline.Events.Where(e => before is null || e.Seq < before)]);
    }

    private (long Seq, string Text) Numbered(string rest, Func<MessageItem, bool> otherwise)
    {
        var (word, text) = Word(rest);
        if (word.StartsWith('#') && long.TryParse(word[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            return (seq, text);
        var last = Timeline.Last(otherwise) ?? throw new ChatException(ErrorCodes.NotFound, "There is no such message here; give its number, as in #12. /numbers shows them.");
        return (last.Event.Seq, rest);
    }

    private bool IsMine(MessageItem message) => message.Event.Sender.Id == Me?.Id;

    private Room Here() => Current ?? throw new ChatException(ErrorCodes.NotFound, "No room is open. /join ROOM enters one, /msg NAME talks to a person.");

    private Room Mine(string name) => RoomNames.Find(connection.Rooms.Values, name) ?? throw new ChatException(ErrorCodes.NotFound, $"You are in no room {name}.");

    private string DescribeStatus()
    {
        var lag = Status.RoundTrip is { } trip ? $", round trip {trip.TotalMilliseconds:0} ms" : "";
        var unsent = Unsent.Count > 0 ? $", {Unsent.Count} not sent yet" : "";
        var typing = Typing.Count > 0 ? $"; typing: {string.Join(", ", Typing)}" : "";
        return $"{TransportNames.Describe(Status)}{lag}{unsent}{typing}";
    }

    private Task Say(string text)
    {
        Note(text);
        return Task.CompletedTask;
    }

    private Task Quit()
    {
        Quitting?.Invoke();
        return Task.CompletedTask;
    }

    private static (string First, string Others) Word(string text)
    {
        var space = text.IndexOfAny([' ', '\n', '\t']);
        return space < 0 ? (text, "") : (text[..space], text[(space + 1)..].Trim());
    }
}
