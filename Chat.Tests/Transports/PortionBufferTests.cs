using System.IO.Pipelines;
using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Server.Transports.SignalR;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Tests.Transports;

/// <summary>
/// The buffer in which a hub connection gathers a portion: a busy connection keeps it, a quiet one does not.
/// </summary>
public sealed class PortionBufferTests
{
    private const int Half = 16 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_kept_from_portion_to_portion_and_given_back_by_a_connection_that_has_had_none_for_a_while()
    {
        var (transport, client) = Connect();
        var events = Portion(Half);
        await WrittenAsync(transport, client, events); // encodes the events, and makes what is made only once
        Assert.InRange(await WrittenAsync(transport, client, events), 0, Half);

        for (var i = 0; i < 2; i++)
            await SayCheckpointAsync(transport, client);

        Assert.InRange(await WrittenAsync(transport, client, events), 2 * Half, long.MaxValue);
    }

    [Fact]
    public async Task One_of_a_large_portion_is_not_kept()
    {
        var (transport, client) = Connect();
        var events = Portion(100 * 1024);
        await WrittenAsync(transport, client, events);
        Assert.InRange(await WrittenAsync(transport, client, events), 200 * 1024, long.MaxValue);
    }

    private static (SignalRTransport Transport, PipeReader Client) Connect()
    {
        var (output, input) = (new Pipe(new PipeOptions(pauseWriterThreshold: 0)), new Pipe());
        var connection = new DefaultConnectionContext("connection", new Duplex(input.Reader, output.Writer), null!);
        var hub = new HubConnectionContext(connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance)
        {
            Protocol = new JsonHubProtocol(),
        };
        return (new SignalRTransport(hub), output.Reader);
    }

    private static RelayedEvent[] Portion(int bytes) => [.. Enumerable.Range(1, 2).Select(seq => new RelayedEvent(
        new ChatEvent
        {
            RoomId = "room", Seq = seq, Id = $"{seq}", Type = EventTypes.Message, Sender = new UserRef("ann", "Ann"),
            At = default, Body = new string('x', bytes),
        }))];

    /// <summary>Writes a portion; answers with the bytes that were allocated for it.</summary>
    private static async Task<long> WrittenAsync(SignalRTransport transport, PipeReader client, RelayedEvent[] events)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var writing = transport.WriteAsync(events);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(writing.IsCompleted); // so that all of it ran on this thread
        Assert.True(await writing);
        await TakeAsync(client);
        return allocated;
    }

    private static async Task SayCheckpointAsync(SignalRTransport transport, PipeReader client)
    {
        Assert.True(await transport.WriteAsync(new Notice.Checkpoint(1)));
        await TakeAsync(client);
    }

    private static async Task TakeAsync(PipeReader client)
    {
        var read = await client.ReadAsync(Ct);
        client.AdvanceTo(read.Buffer.End);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
