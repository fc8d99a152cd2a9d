using Chat.Client;
using Chat.Contracts;

namespace Chat.Tests.Support.History;

/// <summary>People in one public room of a server under test, each with a recorded client, and the verdict on what they did and saw.</summary>
public sealed class Conversation : IAsyncDisposable
{
    private readonly List<RecordedClient> _clients = [];
    private readonly Person _owner;

    private Conversation(Person owner, Room room)
    {
        _owner = owner;
        Room = room;
    }

    /// <summary>Where everybody is.</summary>
    public Room Room { get; }

    /// <summary>Who created the room. Takes no part in it.</summary>
    public Person Owner => _owner;

    /// <summary>What happened.</summary>
    public ChatHistory History { get; } = new();

    /// <summary>Those who take part, in the order they came.</summary>
    public IReadOnlyList<RecordedClient> Clients => _clients;

    /// <summary>Creates the room.</summary>
    public static async Task<Conversation> BeginAsync(Uri server, CancellationToken ct)
    {
        var owner = await Person.SignUpAsync(server, ct, "owner");
        return new Conversation(owner, await owner.CreateRoomAsync(ct));
    }

    /// <summary>Adds somebody, not yet connected: first all come in, then <see cref="StartAsync"/> connects them.</summary>
    /// <param name="name">What the history calls the client.</param>
    /// <param name="transport">Only this one; null for automatic.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="via">A proxy instead of the server itself.</param>
    /// <param name="with">Other options.</param>
    public async Task<RecordedClient> AddAsync(
        string name, TransportKind? transport, CancellationToken ct, Uri? via = null, Func<ChatOptions, ChatOptions>? with = null)
    {
        var person = await Person.SignUpAsync(_owner.Server, ct);
        await person.JoinAsync(Room.Id, ct);
        var options = person.Options(transport, via);
        var client = new RecordedClient(History, name, with is null ? options : with(options));
        _clients.Add(client);
        return client;
    }

    /// <summary>Connects everybody.</summary>
    public Task StartAsync(CancellationToken ct) => Task.WhenAll(_clients.Select(c => c.StartAsync(ct, Room.Id)));

    /// <summary>Waits until everybody has seen everything, then judges. The proxy, if any, must let bytes pass again.</summary>
    public async Task VerifyAsync(TimeSpan within, CancellationToken ct)
    {
        var log = await _owner.ReadLogAsync(Room.Id, ct);
        History.FinalLog(Room.Id, log);
        try
        {
            await Task.WhenAll(_clients.Select(c => c.SeesAsync(Room.Id, log[^1].Seq, within, ct)));
        }
        finally
        {
            Judge();
        }
    }

    private void Judge()
    {
        var violations = Checker.Check(History);
        Output.Write(Checker.Summary(History));
        if (violations.Count > 0)
            Assert.Fail(Checker.Explain(History, violations));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
    }
}
