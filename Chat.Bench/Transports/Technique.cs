using Chat.Bench.History;
using Microsoft.AspNetCore.Http.Connections;

namespace Chat.Bench.Transports;

/// <summary>Where a client goes, and whom it tells.</summary>
/// <param name="Person">Who it is; the address is the proxy's.</param>
/// <param name="Room">The room.</param>
/// <param name="After">The number it begins after.</param>
/// <param name="Ready">To be called when it is connected.</param>
/// <param name="Heard">To be called with the JSON of each event, as soon as it has it.</param>
internal sealed record Target(Person Person, string Room, long After, Action Ready, Action<ReadOnlyMemory<byte>> Heard)
{
    /// <summary>The address of the room's events.</summary>
    public Uri Events => new(Person.Server, $"/api/rooms/{Room}/events");
}

/// <summary>One way to follow a room.</summary>
/// <param name="Name">As it is called in the table.</param>
/// <param name="FollowAsync">A client: until it is cancelled.</param>
internal sealed record Technique(string Name, Func<Target, CancellationToken, Task> FollowAsync)
{
    /// <summary>All, the one that the others are compared with first.</summary>
    public static IReadOnlyList<Technique> All { get; } =
    [
        new("WebSocket", PlainClients.SocketAsync),
        new("Server-Sent Events", (target, ct) => PlainClients.StreamAsync(target, "stream?", PlainClients.DataOf, ct)),
        new("iframe stream", (target, ct) => PlainClients.StreamAsync(target, "frame?callback=got&", PlainClients.ArgumentOf, ct)),
        new("long polling", (target, ct) => PlainClients.PollAsync(target, TimeSpan.Zero, wait: 25, ct)),
        new("short polling, 1 s", (target, ct) => PlainClients.PollAsync(target, TimeSpan.FromSeconds(1), wait: 0, ct)),
        new("short polling, 5 s", (target, ct) => PlainClients.PollAsync(target, TimeSpan.FromSeconds(5), wait: 0, ct)),
        new("short polling, 20 s", (target, ct) => PlainClients.PollAsync(target, TimeSpan.FromSeconds(20), wait: 0, ct)),
        new("hub, WebSocket", (target, ct) => HubClient.FollowAsync(target, HttpTransportType.WebSockets, ct)),
        new("hub, Server-Sent Events", (target, ct) => HubClient.FollowAsync(target, HttpTransportType.ServerSentEvents, ct)),
        new("hub, long polling", (target, ct) => HubClient.FollowAsync(target, HttpTransportType.LongPolling, ct)),
    ];
}
