using Chat.Contracts;

namespace Chat.Client;

/// <summary>A message that the server has not acknowledged yet.</summary>
/// <param name="RoomId">Where it goes.</param>
/// <param name="ClientId">What makes a repeated send harmless.</param>
/// <param name="Body">The text.</param>
/// <param name="ReplyTo">The number of the message it answers.</param>
/// <param name="QueuedAt">When it was written.</param>
/// <param name="Error">Why it still waits although the server was asked; null if it was not, or has not answered.</param>
public sealed record OutboxEntry(string RoomId, string ClientId, string Body, long? ReplyTo, DateTimeOffset QueuedAt, SendError? Error = null);
