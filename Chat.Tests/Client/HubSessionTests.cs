using Chat.Client;
using Chat.Client.Transports;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;

namespace Chat.Tests.Client;

/// <summary>How calls end whose session is over.</summary>
public sealed class HubSessionTests
{
    [Fact]
    public async Task Who_stops_a_call_is_told_that_it_was_stopped_whatever_became_of_the_session_meanwhile()
    {
        await using var server = await FakeServer.StartAsync();
        var session = new HubSession(server.Options(), TransportKind.WebSockets,
            _ => ValueTask.FromResult<string?>("token"), null);
        await session.DisposeAsync();
        var stopped = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => session.InvokeAsync<Room>(nameof(IChatHub.Join), ["room"], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => session.TellAsync(nameof(IChatHub.Typing), ["room"], stopped));
    }
}
