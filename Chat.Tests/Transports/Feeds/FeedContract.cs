using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;

namespace Chat.Tests.Transports.Feeds;

/// <summary>What the feed of one room promises, whichever transport brings it and whoever wrote the client.</summary>
public abstract class FeedContract(SharedServer server) : IClassFixture<SharedServer>
{
    private const int Events = 1_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What a client is told when there is nothing to come back for.</summary>
    private protected abstract string OverForGood { get; }

    /// <summary>Bytes after which the line is cut, at least; at most it is twice that.</summary>
    private protected virtual int CutAfter => 25_000;

    private protected abstract FeedClient Client();

    [Fact]
    public async Task Over_a_line_that_is_cut_again_and_again_a_thousand_events_come_once_and_in_order()
    {
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await using var line = new FaultProxy(server.Uri, Seed.Choose());
        line.Do(random => new CutAfterBytes(random, CutAfter, CutAfter * 2));
        await using var client = Client();
        await client.StartAsync(ann, line.Uri, room.Id, after: 0);
        await using var writer = await PlainClient.ConnectAsync(ann);

        for (var sent = 1; sent < Events; sent += 37)
        {
            var batch = Enumerable.Range(sent, Math.Min(37, Events - sent));
            await writer.SendAsync(room.Id, [.. batch.Select(n => new NewMessage($"m{n}", $"number {n} </script><!-- \u2028 你好 👋"))]);
            // Not all of it is history when the client comes: some of what it is owed lies there, some comes while it is connected.
            await Eventually.TrueAsync(() => client.Numbers.Count > sent - 200, TimeSpan.FromSeconds(45), Ct, "the client keeps up");
        }

        await client.HearsAsync(Enumerable.Range(1, Events).Select(n => (long)n));
        Output.Write($"{line.Counts.Cuts} cuts");
        Assert.True(line.Counts.Cuts >= 3, $"only {line.Counts.Cuts} cuts");
    }

    [Fact]
    public async Task Who_is_removed_in_a_burst_hears_everything_up_to_the_leave_and_does_not_come_back()
    {
        var (ann, bob) = (await Person.SignUpAsync(server.Uri, Ct), await Person.SignUpAsync(server.Uri, Ct));
        var room = await ann.CreateRoomAsync(Ct, RoomKind.Private);
        using var api = new Api(server.Uri, ann);
        (await api.PutAsync($"/api/rooms/{room.Id}/members/{bob.User.Name}")).As<Room>();
        await using var client = Client();
        await client.StartAsync(bob, server.Uri, room.Id, after: 1);
        await client.HearsAsync(2);
        await using var writer = await PlainClient.ConnectAsync(ann);

        var burst = Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++)
                await writer.SendAsync(room.Id, [.. Enumerable.Range(0, 10).Select(n => new NewMessage($"b{i}-{n}", "burst"))]);
        }, Ct);
        await Eventually.TrueAsync(() => client.Numbers.Count > 20, TimeSpan.FromSeconds(20), Ct);
        await api.DeleteAsync($"/api/rooms/{room.Id}/members/{bob.User.Name}");
        await burst;

        var leave = (await ann.ReadLogAsync(room.Id, Ct)).Single(e => e.Type == EventTypes.Leave).Seq;
        await client.HearsAsync(Enumerable.Range(2, (int)leave - 1).Select(n => (long)n));
        Assert.Equal(OverForGood, await client.Stopped.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        Assert.Equal(leave, client.Numbers[^1]);
    }
}

public sealed class ShortPollingTests(SharedServer server) : FeedContract(server)
{
    private protected override string OverForGood => "nothing more";

    private protected override int CutAfter => 8_000; // less than a page, at times

    private protected override FeedClient Client() => new CurlPolls(wait: 0);
}

public sealed class LongPollingTests(SharedServer server) : FeedContract(server)
{
    private protected override string OverForGood => "nothing more";

    private protected override int CutAfter => 8_000; // less than a page, at times

    private protected override FeedClient Client() => new CurlPolls(wait: 2);
}

public sealed class CurlStreamTests(SharedServer server) : FeedContract(server)
{
    private protected override string OverForGood => "204";

    private protected override FeedClient Client() => new CurlStream();
}

public sealed class NodeEventSourceTests(SharedServer server) : FeedContract(server)
{
    private protected override string OverForGood => "closed 204";

    private protected override int CutAfter => 50_000; // it waits for a second or more before it comes back

    private protected override FeedClient Client() => new NodeModule("eventsource");
}

public sealed class NodeSocketTests(SharedServer server) : FeedContract(server)
{
    private protected override string OverForGood => "closed 4403";

    private protected override FeedClient Client() => new NodeModule("ws");
}

public sealed class BrowserEventSourceTests(SharedServer server, Chromium chromium) : FeedContract(server)
{
    private protected override string OverForGood => "closed";

    private protected override int CutAfter => 50_000;

    private protected override FeedClient Client() => new BrowserClient(chromium, BrowserClient.EventSource);
}

public sealed class FrameTests(SharedServer server, Chromium chromium) : FeedContract(server)
{
    private protected override string OverForGood => "application/problem+json";

    private protected override int CutAfter => 60_000; // it takes its time to see that nothing comes

    private protected override FeedClient Client() => new BrowserClient(chromium, BrowserClient.Frame);
}

public sealed class BrowserSocketTests(SharedServer server, Chromium chromium) : FeedContract(server)
{
    private protected override string OverForGood => "4403";

    private protected override FeedClient Client() => new BrowserClient(chromium, BrowserClient.Socket);
}
