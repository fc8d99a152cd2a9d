using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Transports;

/// <summary>One thing that the server said.</summary>
/// <param name="Name">The method it called.</param>
/// <param name="Values">Its arguments.</param>
internal sealed record Said(string Name, params object[] Values);

/// <summary>A client as anybody could write it with the SignalR library alone: it notes what it hears, in order, and mends nothing.</summary>
internal sealed partial class PlainClient : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<Said> _heard = new();

    private PlainClient(Person person, HubConnection hub)
    {
        (Person, Hub) = (person, hub);
        hub.On<ChatEvent>("Event", e => Hear("Event", e));
        hub.On<string, long, long>("Skipped", (room, from, to) => Hear("Skipped", room, from, to));
        hub.On<long>("Checkpoint", delivered => Hear("Checkpoint", delivered));
        hub.On<Room>("RoomUpdated", room => Hear("RoomUpdated", room));
        hub.On<Invitation>("Invited", invitation => Hear("Invited", invitation));
        hub.On<string>("RoomRemoved", room => Hear("RoomRemoved", room));
        hub.On<string, string, long>("ReadMarker", (room, user, seq) => Hear("ReadMarker", room, user, seq));
        hub.On<string, string>("Typing", (room, user) => Hear("Typing", room, user));
        hub.On<IReadOnlyList<Presence>>("Presence", users => Hear("Presence", users));
    }

    public Person Person { get; }

    public HubConnection Hub { get; }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<Said> Heard => [.. _heard];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects; does not sync.</summary>
    /// <param name="node">Asks for this node of a cluster from the start.</param>
    public static async Task<PlainClient> ConnectAsync(
        Person person, HttpTransportType transport = HttpTransportType.WebSockets, bool messagePack = false, bool skipNegotiation = false,
        string? node = null)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(person.Server, node is null ? Wire.HubPath : $"{Wire.HubPath}?node={node}"), transport, http =>
        {
            http.AccessTokenProvider = () => Task.FromResult<string?>(person.Token);
            http.SkipNegotiation = skipNegotiation;
        });
        if (messagePack)
            builder.AddMessagePackProtocol();
        else
            builder.AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions));
        var client = new PlainClient(person, builder.Build());
        await client.Hub.StartAsync(Ct);
        return client;
    }

    /// <summary>Connects and syncs from these cursors.</summary>
    public static async Task<PlainClient> SyncedAsync(Person person, params (string Room, long Cursor)[] cursors)
    {
        var client = await ConnectAsync(person);
        await client.SyncAsync(cursors);
        return client;
    }

    public Task<SyncAnswer> SyncAsync(params (string Room, long Cursor)[] cursors) =>
        Hub.InvokeAsync<SyncAnswer>("Sync", new SyncRequest(cursors.ToDictionary(c => c.Room, c => c.Cursor)), Ct);

    public Task<IReadOnlyList<SendResult>> SendAsync(string room, params NewMessage[] messages) =>
        Hub.InvokeAsync<IReadOnlyList<SendResult>>("Send", room, messages, Ct);

    /// <summary>Sends one message, which must be taken; its number.</summary>
    public async Task<long> SayAsync(string room, string body = "text")
    {
        var result = Assert.Single(await SendAsync(room, new NewMessage(Guid.NewGuid().ToString("N"), body)));
        Assert.Null(result.Error);
        return result.Seq!.Value;
    }

    public IReadOnlyList<long> Numbers(string room) =>
        [.. Heard.Where(s => s.Name == "Event").Select(s => (ChatEvent)s.Values[0]).Where(e => e.RoomId == room).Select(e => e.Seq)];

    public async Task HearsNumbersAsync(string room, params IEnumerable<long> numbers)
    {
        var expected = numbers.ToList();
        try
        {
            await Eventually.TrueAsync(() => Numbers(room).Count >= expected.Count, Soon, Ct);
        }
        finally
        {
            Assert.Equal(expected, Numbers(room));
        }
    }

    /// <summary>Waits until the server has said something like this, and returns it.</summary>
    public async Task<Said> HearsAsync(string name, Func<object[], bool>? which = null)
    {
        Said? found = null;
        await Eventually.TrueAsync(
            () => (found = Heard.FirstOrDefault(s => s.Name == name && which?.Invoke(s.Values) is not false)) is not null, Soon, Ct, $"{name} comes");
        return found!;
    }

    /// <summary>The code with which a call is refused, as clients are told to find it.</summary>
    public async Task<string> RefusalAsync(string method, params object?[] arguments)
    {
        var error = await Assert.ThrowsAsync<HubException>(() => Hub.InvokeCoreAsync(method, arguments, Ct));
        var match = Code().Match(error.Message);
        Assert.True(match.Success, error.Message);
        return match.Groups[1].Value;
    }

    public async ValueTask DisposeAsync() => await Hub.DisposeAsync();

    [GeneratedRegex("HubException: ([a-z_]+): (.*)")]
    private static partial Regex Code();

    private void Hear(string name, params object[] values) => _heard.Enqueue(new Said(name, values));
}
