using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Plain;

/// <summary>Writes what happens in a conversation, a line each.</summary>
public sealed class PlainOutput
{
    private const int LinesOfContext = 10;

    private readonly Conversation _conversation;
    private readonly TextWriter _output;
    private readonly Dictionary<string, long> _printed = [];
    private (ConnectionState State, TransportKind? Transport) _lastStatus = (ConnectionState.Stopped, null);
    private DateTime _day;

    /// <summary>Listens to the conversation from now on.</summary>
    public PlainOutput(Conversation conversation, TextWriter output)
    {
        (_conversation, _output) = (conversation, output);
        conversation.Arrived += Print;
        conversation.Noted += Note;
        conversation.StatusChanged += Print;
        conversation.Opened += Print;
        conversation.OlderLoaded += older =>
        {
            foreach (var e in older)
                Write(e);
        };
    }

    /// <summary>Something of the program's own, each line with <c>--</c> in front.</summary>
    public void Note(string text)
    {
        foreach (var line in text.Split('\n'))
            _output.WriteLine($"-- {line}");
    }

    private void Print(ConnectionStatus status)
    {
        // Before the first try there is nothing to tell, and each further try is no news: /status tells it to who asks.
        if (status.State == _lastStatus.State && (status.State != ConnectionState.Connected || status.Transport == _lastStatus.Transport))
            return;
        _lastStatus = (status.State, status.Transport);
        var text = TransportNames.Describe(status);
        var waiting = _conversation.Unsent.Count;
        Note(status.State != ConnectionState.Connected && waiting > 0 ? $"{text} ({waiting} of your messages wait)" : text);
    }

    private void Print(Room room)
    {
        var topic = room.Topic.Length == 0 ? "" : $", topic: {TerminalText.Line(room.Topic)}";
        var unread = _conversation.NewAfter is null ? "" : ", something unread";
        Note($"in {RoomNames.Title(room)}{topic}{unread}");
        var printed = _printed.GetValueOrDefault(room.Id);
        var unseen = _conversation.Timeline.Events.Where(e => e.Seq > printed).ToList();
        foreach (var e in unseen.Skip(Math.Max(0, unseen.Count - LinesOfContext)))
            Write(e);
    }

    private void Print(ChatEvent e)
    {
        // The page that opens a room may hold what arrives at the same time.
        if (e.Seq <= _printed.GetValueOrDefault(e.RoomId))
            return;
        if (e.RoomId == _conversation.CurrentId)
            Write(e);
        else if (e.Type == EventTypes.Message)
            Write(e, _conversation.Rooms.FirstOrDefault(r => r.Id == e.RoomId)?.Name ?? e.RoomId);
    }

    private void Write(ChatEvent e, string? room = null)
    {
        _printed[e.RoomId] = Math.Max(e.Seq, _printed.GetValueOrDefault(e.RoomId));
        if (_conversation.Text.Line(e, room) is not { } line)
            return;
        var day = _conversation.Text.Local(e).Date;
        if (day != _day)
            Note($"{day:yyyy-MM-dd}");
        _day = day;
        _output.WriteLine(line);
    }
}
