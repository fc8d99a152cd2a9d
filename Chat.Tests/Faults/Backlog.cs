using Chat.Client;
using Chat.Contracts;

namespace Chat.Tests.Faults;

/// <summary>Messages that a client has missed.</summary>
public static class Backlog
{
    /// <summary>Signs a person up, and writes so many messages of 200 characters into a new room of theirs.</summary>
    /// <returns>The person and the room. The messages have the numbers from 2.</returns>
    public static async Task<(Person Person, Room Room)> WriteAsync(Uri server, int messages, CancellationToken ct)
    {
        var person = await Person.SignUpAsync(server, ct);
        var room = await person.CreateRoomAsync(ct);
        await using var writer = new ChatConnection(person.Options());
        await writer.StartAsync(ct);
        await Task.WhenAll(Enumerable.Range(0, messages)
            .Select(n => writer.SendAsync(room.Id, $"{n} {new string('x', 200)}", ct: ct)));
        return (person, room);
    }
}
