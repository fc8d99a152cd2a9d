using System.Diagnostics;
using System.Text;
using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>The last message gets lost on its way down, and then nobody says anything more: no later number shows the hole.</summary>
public sealed class LostTailTests : IAsyncDisposable
{
    private const string Mark = "the-last-word";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly ChatServer _server = new();

    /// <summary>On long polling a lost answer ends the connection; there the cut comes at once, in place of the message.</summary>
    [Theory]
    [InlineData(TransportKind.WebSockets, false)]
    [InlineData(TransportKind.WebSockets, true)]
    [InlineData(TransportKind.ServerSentEvents, false)]
    [InlineData(TransportKind.ServerSentEvents, true)]
    [InlineData(TransportKind.LongPolling, true)]
    public async Task A_lost_last_message_is_found_although_nothing_follows(TransportKind transport, bool cut)
    {
        var ct = TestContext.Current.CancellationToken;
        var once = new Once();
        await using var proxy = new FaultProxy(_server.Uri);
        proxy.Do(_ => new LoseMarked(Encoding.ASCII.GetBytes(Mark), once, cut));
        await using var conversation = await Conversation.BeginAsync(_server.Uri, ct);
        var sender = await conversation.AddAsync("sender", TransportKind.WebSockets, ct);
        var observer = await conversation.AddAsync("observer", transport, ct, proxy.Uri);
        await conversation.StartAsync(ct);

        var started = Stopwatch.GetTimestamp();
        var seq = await sender.SendAsync(conversation.Room.Id, Mark, ct);
        await observer.SeesAsync(conversation.Room.Id, seq!.Value, Limit, ct);

        Output.Write($"found after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.True(once.Done, "the message was lost once");
        await conversation.VerifyAsync(Limit, ct);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
