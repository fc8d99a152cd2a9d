using System.Diagnostics;
using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;
using Chat.Tests.Support.Raw;

namespace Chat.Tests.Faults;

/// <summary>Clients that connect and then read slowly, or not at all.</summary>
[Collection(FaultTests.Name)]
[TimeLimit(240)]
public sealed class StoppedReaderTests
{
    private const int Readers = 15;
    private const int Stopped = 5;
    private const int BodyLength = 12_000;

    [Fact]
    public async Task Five_stopped_readers_in_a_room_of_twenty_disturb_nobody_and_are_let_go()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = await ServerProcess.RunAsync(
            ct, new Dictionary<string, string>
            {
                ["Chat:Relay:StallTimeout"] = "00:00:05",
                // Less than the stopped readers are owed: a server that kept it for them would end here.
                ["DOTNET_GCHeapHardLimit"] = "0x8000000", // 128 MB
            });
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        for (var i = 0; i < Readers; i++)
            await conversation.AddAsync($"reader {i}", Enum.GetValues<TransportKind>()[i % 3], ct);
        var lazy = await Task.WhenAll(Enumerable.Range(0, Stopped).Select(_ => Person.SignUpAsync(server.Uri, ct, "lazy")));
        foreach (var person in lazy)
            await person.JoinAsync(conversation.Room.Id, ct);
        await conversation.StartAsync(ct);

        await DeliverAsync(conversation, 200, ct);
        var before = await DeliverAsync(conversation, 400, ct);

        var stopped = await Task.WhenAll(lazy.Select(p => RawHubClient.SyncedAsync(server.Uri, p.Token, ct)));
        var with = await DeliverAsync(conversation, 3_000, ct);

        Output.Write($"p99 without: {before.TotalMilliseconds:0.0} ms, with {Stopped} stopped readers: {with.TotalMilliseconds:0.0} ms");
        // They were owed 180 MB that they did not read. A guard against being held up, which lasts until they are let go; not a measurement.
        Assert.True(with < (before * 5) + TimeSpan.FromSeconds(3), $"p99 was {before}, and is {with}");
        await Eventually.TrueAsync(() => !stopped.Any(s => s.IsOpen), TimeSpan.FromSeconds(15), ct, "the stopped readers are disconnected");

        foreach (var client in stopped)
            await client.DisposeAsync();
        await conversation.VerifyAsync(TimeSpan.FromSeconds(10), ct);
    }

    /// <summary>Sends a burst, a little at a time, and returns the 99th percentile of the times until a message was shown to a reader.</summary>
    private static async Task<TimeSpan> DeliverAsync(Conversation conversation, int messages, CancellationToken ct)
    {
        var sender = conversation.Clients[0];
        var body = new string('x', BodyLength);
        var starts = new Dictionary<long, long>();
        foreach (var batch in Enumerable.Range(0, messages).Chunk(10))
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var seq in await Task.WhenAll(batch.Select(_ => sender.SendAsync(conversation.Room.Id, body, ct))))
                starts[seq!.Value] = started;
        }
        var last = starts.Keys.Max();
        await Task.WhenAll(conversation.Clients.Select(c => c.SeesAsync(conversation.Room.Id, last, TimeSpan.FromSeconds(30), ct)));

        var times = conversation.Clients.SelectMany(c => conversation.History.SeenBy(c.Name))
            .Where(o => starts.ContainsKey(o.Event.Seq))
            .Select(o => Stopwatch.GetElapsedTime(starts[o.Event.Seq], o.At)).Order().ToList();
        return times[times.Count * 99 / 100];
    }
}
