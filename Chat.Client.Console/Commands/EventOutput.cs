using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>Events on standard output: JSON, one a line, or text as people read it.</summary>
/// <param name="output">Where.</param>
/// <param name="json">JSON rather than text.</param>
/// <param name="zone">Whose clock the times of text are read on.</param>
/// <param name="roomName">The name of a room where lines have to say it; null where they all are of one.</param>
public sealed class EventOutput(TextWriter output, bool json, TimeZoneInfo zone, Func<string, string?>? roomName = null)
{
    private readonly EventText _text = new(zone);
    private DateTime _day;

    /// <summary>Writes one event. A type that this version does not know appears only in JSON.</summary>
    public async Task WriteAsync(ChatEvent e)
    {
        if (json)
        {
            await output.WriteLineAsync(Json.Line(e));
            return;
        }
        if (_text.Line(e, roomName?.Invoke(e.RoomId)) is not { } line)
            return;
        var day = _text.Local(e).Date;
        if (day != _day)
            await output.WriteLineAsync($"-- {day:yyyy-MM-dd}");
        _day = day;
        await output.WriteLineAsync(line);
    }
}
