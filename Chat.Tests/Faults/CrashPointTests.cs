using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>The server dies at exactly the points where a careless one loses or repeats a message.</summary>
[Collection(BusyTests.Name)]
[TimeLimit(180)]
public sealed class CrashPointTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The transports of the sender, each of which takes three starts of a server: this one, and in the long form all.
    /// Observers are on all transports in each case.
    /// </summary>
    public static TheoryData<TransportKind> SendersOver(TransportKind one) =>
        LongForm.IsOn ? FaultTests.Transports : [one];

    [Theory]
    [MemberData(nameof(SendersOver), TransportKind.WebSockets)]
    public async Task Killed_before_the_commit_nothing_is_stored_and_the_retry_appends_once(TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var crash = await Crash.PrepareAsync("before-commit:1", transport, ct);
        var sending = crash.Sender.SendAsync(crash.RoomId, "before the commit", ct);
        await crash.Server.Ended.WaitAsync(Limit, ct);

        Assert.False(sending.IsCompleted);
        Assert.Equal(0, StoredText.Count(crash.Server.Database, "before the commit"));

        await crash.Server.StartAsync(ct);
        Assert.Equal(crash.Head + 1, await sending.WaitAsync(Limit, ct));
        await crash.Conversation.VerifyAsync(Limit, ct);
    }

    [Theory]
    [MemberData(nameof(SendersOver), TransportKind.ServerSentEvents)]
    public async Task Killed_between_commit_and_acknowledgement_the_retry_gets_the_first_number(TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var crash = await Crash.PrepareAsync("after-commit:1", transport, ct);
        var sending = crash.Sender.SendAsync(crash.RoomId, "after the commit", ct);
        await crash.Server.Ended.WaitAsync(Limit, ct);

        Assert.False(sending.IsCompleted);
        Assert.Equal(1, StoredText.Count(crash.Server.Database, "after the commit"));

        await crash.Server.StartAsync(ct);
        Assert.Equal(crash.Head + 1, await sending.WaitAsync(Limit, ct));
        await crash.Conversation.VerifyAsync(Limit, ct);
    }

    [Theory]
    [MemberData(nameof(SendersOver), TransportKind.LongPolling)]
    public async Task Killed_between_acknowledgement_and_delivery_everybody_gets_it_after_the_restart(TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var crash = await Crash.PrepareAsync("after-ack:1", transport, ct);
        var sending = crash.Sender.SendAsync(crash.RoomId, "after the acknowledgement", ct);
        await crash.Server.Ended.WaitAsync(Limit, ct);

        Assert.Equal(1, StoredText.Count(crash.Server.Database, "after the acknowledgement"));
        Assert.All(crash.Conversation.Clients, client => Assert.Equal(crash.Head, client.Seen(crash.RoomId)));

        await crash.Server.StartAsync(ct);
        Assert.Equal(crash.Head + 1, await sending.WaitAsync(Limit, ct));
        await crash.Conversation.VerifyAsync(Limit, ct);
    }

    /// <summary>A server that will die at a point, and people on all transports, one of whom will send the fatal message.</summary>
    private sealed class Crash(ServerProcess server, Conversation conversation, RecordedClient sender) : IAsyncDisposable
    {
        public ServerProcess Server => server;

        public Conversation Conversation => conversation;

        public RecordedClient Sender => sender;

        public string RoomId => conversation.Room.Id;

        public long Head { get; private init; }

        public static async Task<Crash> PrepareAsync(string point, TransportKind transport, CancellationToken ct)
        {
            var server = await ServerProcess.RunAsync(ct);
            var conversation = await Conversation.BeginAsync(server.Uri, ct);
            var sender = await conversation.AddAsync("sender", transport, ct);
            foreach (var other in Enum.GetValues<TransportKind>())
                await conversation.AddAsync($"observer on {other}", other, ct);
            // Accounts, room and members are made in a first life, so that the message is the first to come to the point.
            await server.StartAsync(ct, point);
            await conversation.StartAsync(ct);
            return new Crash(server, conversation, sender) { Head = sender.Seen(conversation.Room.Id) };
        }

        public async ValueTask DisposeAsync()
        {
            await conversation.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
