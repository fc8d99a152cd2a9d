using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;

namespace Chat.Tests.Transports;

/// <summary>Frame by frame: a sync's answer stands between the old delivery and the new one.</summary>
public sealed class SyncOrderTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_to_sync_comes_after_the_old_delivery_and_before_the_new_one()
    {
        const int Syncs = 150;
        var random = new Random(Seed.Choose());
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await using var raw = await RawHubClient.ConnectAsync(server.Uri, ann.Token, Ct, receiveBuffer: 1 << 18);
        await using var sender = await PlainClient.ConnectAsync(ann);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var load = Task.Run(async () =>
        {
            // No more than a sync catches up with: from farther behind it skips.
            for (var i = 0; i < 1_500 && !done.IsCancellationRequested; i++)
                await sender.SendAsync(room.Id, [.. Enumerable.Range(0, 5).Select(n => new NewMessage($"{i}-{n}", "text"))]);
        }, Ct);

        long cursor = 0, delivered = 0;
        for (var sync = 0; sync < Syncs; sync++)
        {
            // From somewhere behind, so that what is delivered anew can be told from what went on.
            var from = Math.Max(0, cursor - random.Next(1, 20));
            var id = await raw.SendInvocationAsync("Sync", Ct, new SyncRequest(new Dictionary<string, long> { [room.Id] = from }));
            while (await NextAsync(id) is { } seq)
                cursor = Follows(cursor, seq);
            cursor = from;
            for (var n = random.Next(10); n > 0; n--)
            {
                if (await NextAsync(id) is { } seq)
                    (cursor, delivered) = (Follows(cursor, seq), delivered + 1);
            }
        }
        await done.CancelAsync();
        await load;
        Assert.True(delivered > Syncs, $"only {delivered} events came between the syncs");

        // An event's number, or null for the answer.
        async Task<long?> NextAsync(string invocation)
        {
            while (true)
            {
                using var message = await raw.ReadAsync(Ct);
                var root = message.RootElement;
                if (root.TryGetProperty("invocationId", out var of) && of.GetString() == invocation)
                {
                    Assert.True(root.TryGetProperty("result", out _), root.GetRawText());
                    return null;
                }
                if (root.TryGetProperty("target", out var target) && target.GetString() == "Event")
                    return root.GetProperty("arguments")[0].GetProperty("seq").GetInt64();
            }
        }
    }

    private static long Follows(long cursor, long seq)
    {
        Assert.Equal(cursor + 1, seq);
        return seq;
    }
}
