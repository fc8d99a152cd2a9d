using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>A message of mine that is not in the timeline yet.</summary>
/// <param name="RoomId">Where it goes.</param>
/// <param name="ClientId">What makes a repeated send harmless.</param>
/// <param name="Body">The text.</param>
/// <param name="Failure">Why it was refused for good; null while it waits.</param>
public sealed record OutgoingMessage(string RoomId, string ClientId, string Body, SendError? Failure = null);

/// <summary>
/// My messages from the moment they are written until they show up in the timeline, or are refused. Not thread-safe.
/// </summary>
public sealed class Outgoing
{
    private readonly List<OutgoingMessage> _messages = [];
    // An event can overtake the call that hears of its acknowledgement; then the message must not come back as pending.
    private readonly Queue<string> _seen = new();

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    /// <summary>A message was written, or found in the outbox of an earlier run.</summary>
    public void Queue(OutgoingMessage message)
    {
        if (!_seen.Contains(message.ClientId) && !_messages.Exists(m => m.ClientId == message.ClientId))
            _messages.Add(message);
    }

    /// <summary>It was refused for good; it stays visible with the reason until <see cref="Dismiss"/>.</summary>
    public void Fail(string clientId, SendError failure)
    {
        if (_messages.FindIndex(m => m.ClientId == clientId) is >= 0 and var at)
            _messages[at] = _messages[at] with { Failure = failure };
    }

    /// <summary>An event of mine arrived: it is in the timeline now.</summary>
    public void Arrived(string? clientId)
    {
        if (clientId is null)
            return;
        _messages.RemoveAll(m => m.ClientId == clientId);
        _seen.Enqueue(clientId);
        if (_seen.Count > 1_000)
            _seen.Dequeue();
    }

    /// <summary>Forgets the refused messages of a room; the person has seen them.</summary>
    public void Dismiss(string roomId) => _messages.RemoveAll(m => m.RoomId == roomId && m.Failure is not null);
}
