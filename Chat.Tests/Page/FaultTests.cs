using System.Runtime.CompilerServices;
using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Tests.Page;

/// <summary>Networks, servers and tabs that go away at the wrong moment: the page loses nothing, repeats nothing, and says what is going on.</summary>
[TimeLimit(150)]
public sealed class FaultTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    /// <summary>Whether the browser has an event with this text in its database.</summary>
    private const string StoredScript = """
        async text => {
          const done = request => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
          for (const { name } of await indexedDB.databases()) {
            const db = await done(indexedDB.open(name));
            const stored = db.objectStoreNames.contains('events') ? await done(db.transaction('events').objectStore('events').getAll()) : [];
            db.close();
            if (stored.some(e => e.body === text)) return true;
          }
          return false;
        }
        """;

    /// <summary>How often the server is killed.</summary>
    private static readonly int s_lives = LongForm.Of(1, instead: 3);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Offline_and_back_without_a_reload()
    {
        var (owner, room) = await RoomAsync();
        await using var j = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("offline-j", $"/r/{room.Id}");
        await j.SendAsync("before");
        await j.SeesAsync("before");
        await j.Tab.EvaluateAsync("() => { window.sameDocument = true; }");

        await j.Context.SetOfflineAsync(true);
        await j.DisconnectedAsync();
        for (var i = 0; i < 5; i++)
            await j.SendAsync($"mine, offline {i}");
        await Assertions.Expect(j.Log.Locator("article[data-state=pending]")).ToHaveCountAsync(5);
        await SayAsync(owner, room, 5, "theirs");
        await j.Context.SetOfflineAsync(false);

        await j.SeesAsync("mine, offline 4");
        await j.SeesAsync("theirs 4");
        await j.ConnectedAsync();
        var log = await owner.ReadLogAsync(room.Id, _ct);
        Assert.Equal(11, log.Count(e => e.Type == EventTypes.Message));
        await j.VerifyShowsAsync(log);
        Assert.True(await j.Tab.EvaluateAsync<bool>("() => window.sameDocument === true"));
        j.VerifyClean();
    }

    [Fact]
    public async Task The_page_opens_from_its_own_cache_while_there_is_no_network_and_sends_when_there_is()
    {
        var (owner, room) = await RoomAsync();
        await using var j = await chromium.VisitAsync(server.Uri);
        await j.SignUpAsync("cache-j", $"/r/{room.Id}");
        await j.SendAsync("kept");
        await j.SeesAsync("kept");
        await j.Tab.EvaluateAsync("async () => { await navigator.serviceWorker.ready; }");
        // Shown at once, stored a moment later.
        await Eventually.TrueAsync(async () => await j.Tab.EvaluateAsync<bool>(StoredScript, "kept"),
            TimeSpan.FromSeconds(60), _ct, "the browser has stored it");
        await using var again = await j.AnotherTabAsync();
        await j.Tab.CloseAsync();
        await j.Context.SetOfflineAsync(true);

        await again.OpenRoomAsync(room.Id);
        await again.SeesAsync("kept");
        await again.SendAsync("written offline");
        await again.Log.Locator("article[data-state=pending]").Filter(new() { HasText = "written offline" }).WaitForAsync();
        await again.Tab.CloseAsync();
        await using var back = await j.AnotherTabAsync();
        await j.Context.SetOfflineAsync(false);
        await back.OpenRoomAsync(room.Id);

        await back.SeesAsync("written offline");
        await back.VerifyShowsAsync(await owner.ReadLogAsync(room.Id, _ct));
        back.VerifyClean();
    }

    [Fact]
    public async Task A_server_that_is_killed_and_started_again_loses_nothing()
    {
        await using var mortal = await ServerProcess.RunAsync(_ct);
        var owner = await Person.SignUpAsync(mortal.Uri, _ct);
        var room = await owner.CreateRoomAsync(_ct);
        await using var j = await chromium.VisitAsync(mortal.Uri);
        await using var d = await chromium.VisitAsync(mortal.Uri);
        await j.SignUpAsync("kill-j", $"/r/{room.Id}");
        await d.SignUpAsync("kill-d", $"/r/{room.Id}");
        for (var life = 0; life < s_lives; life++)
        {
            await j.SendAsync($"j alive {life}");
            await d.SendAsync($"d alive {life}");
            await mortal.KillAsync();
            await j.DisconnectedAsync();
            await j.SendAsync($"j dead {life}");
            await d.SendAsync($"d dead {life}");
            await mortal.StartAsync(_ct);
            await j.SeesAsync($"d dead {life}", 45);
            await d.SeesAsync($"j dead {life}", 45);
        }

        var log = await owner.ReadLogAsync(room.Id, _ct);
        Assert.Equal(4 * s_lives, log.Count(e => e.Type == EventTypes.Message));
        await j.VerifyShowsAsync(log);
        await d.VerifyShowsAsync(log);
        await j.ConnectedAsync();
        j.VerifyClean();
        d.VerifyClean();
    }

    [Theory]
    [InlineData(Direction.Up)]
    [InlineData(Direction.Down)]
    public async Task A_tab_closed_in_the_middle_of_sending_sends_once_when_it_is_opened_again(Direction dead)
    {
        var (owner, room) = await RoomAsync();
        await using var proxy = new FaultProxy(server.Uri);
        var deaf = new Deaf(dead);
        proxy.Do(_ => deaf);
        await using var j = await chromium.VisitAsync(proxy.Uri);
        await j.SignUpAsync($"closed-{dead}".ToLowerInvariant(), $"/r/{room.Id}");
        await j.SendAsync("before");
        await j.SeesAsync("before");
        // The profile outlives the tab.
        await using var again = await j.AnotherTabAsync();

        // One way goes dead: the message, or its acknowledgement, is lost.
        deaf.Begin();
        for (var i = 0; i < 3; i++)
            await j.SendAsync($"in the middle {i}");
        await j.Tab.CloseAsync();
        proxy.Pass();
        proxy.CutAll();
        await again.OpenRoomAsync(room.Id);

        await again.SeesAsync("in the middle 2");
        var log = await owner.ReadLogAsync(room.Id, _ct);
        Assert.Equal(["before", "in the middle 0", "in the middle 1", "in the middle 2"],
            log.Where(e => e.Type == EventTypes.Message).Select(e => e.Body));
        await again.VerifyShowsAsync(log);
        again.VerifyClean();
    }

    [Fact]
    public async Task Two_tabs_of_one_person_send_and_show_everything_once()
    {
        var (owner, room) = await RoomAsync();
        await using var one = await chromium.VisitAsync(server.Uri);
        await one.SignUpAsync("two-tabs", $"/r/{room.Id}");
        await using var two = await one.AnotherTabAsync();
        await two.OpenRoomAsync(room.Id);

        // What is written in one is there in the other, sent or not.
        await one.Composer.FillAsync("a draft");
        await Assertions.Expect(two.Composer).ToHaveValueAsync("a draft");
        await one.Composer.FillAsync("");
        // They share one draft, so nobody can write in both at the same moment; both send at the same time.
        for (var i = 0; i < 10; i++)
        {
            await one.SendAsync($"one {i}");
            await two.SendAsync($"two {i}");
        }
        await one.Context.SetOfflineAsync(true);
        await one.SendAsync("one, offline");
        await two.Log.Locator("article[data-state=pending]").Filter(new() { HasText = "one, offline" }).WaitForAsync();
        await two.SendAsync("two, offline");
        await one.Context.SetOfflineAsync(false);

        await one.SeesAsync("two, offline");
        await two.SeesAsync("one, offline");
        var log = await owner.ReadLogAsync(room.Id, _ct);
        Assert.Equal(22, log.Count(e => e.Type == EventTypes.Message));
        foreach (var tab in new[] { "one", "two" })
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{tab} {i}").Append($"{tab}, offline"),
                log.Where(e => e.Body?.StartsWith(tab, StringComparison.Ordinal) is true).Select(e => e.Body));
        await one.VerifyShowsAsync(log);
        await two.VerifyShowsAsync(log);
        one.VerifyClean();
        two.VerifyClean();
    }

    [Theory]
    [InlineData("strips upgrades", "serverSentEvents")]
    [InlineData("swallows frames", "serverSentEvents")]
    [InlineData("buffers event streams", "webSockets")]
    [InlineData("strips upgrades and buffers event streams", "longPolling")]
    [InlineData("swallows frames and buffers event streams", "longPolling")]
    public async Task The_page_works_through_a_proxy_that(string meddles, string transport)
    {
        var (owner, room) = await RoomAsync();
        await using var proxy = new FaultProxy(server.Uri);
        proxy.Do(_ => Make(meddles));
        await using var j = await chromium.VisitAsync(proxy.Uri);
        await j.SignUpAsync($"p{Math.Abs(meddles.GetHashCode(StringComparison.Ordinal))}", $"/r/{room.Id}");

        // A machine that is too busy for three seconds makes the page give up on a transport, too. Then it tries
        // again.
        for (var tries = 1; await j.ConnectedAsync(60) is var taken && taken != transport; tries++)
        {
            Assert.True(tries < 4, $"the page takes {taken}");
            await j.Tab.EvaluateAsync("() => localStorage.removeItem('chat.transport.remembered')");
            await j.Tab.ReloadAsync();
        }
        await j.SendAsync("through it");
        await SayAsync(owner, room, 3, "back");
        await j.SeesAsync("through it");
        await j.SeesAsync("back 2");
        await j.VerifyShowsAsync(await owner.ReadLogAsync(room.Id, _ct));
        if (transport != "webSockets")
            Assert.Contains("did not work, so this was taken", await j.WhyAsync(), StringComparison.Ordinal);
        j.VerifyClean();
    }

    [Fact]
    public async Task A_WebSocket_that_goes_deaf_while_it_is_in_use_is_noticed_and_said()
    {
        var (owner, room) = await RoomAsync();
        await using var proxy = new FaultProxy(server.Uri);
        var deaf = new StrongBox<bool>();
        proxy.Do(_ => new DeafWebSocket(deaf));
        await using var j = await chromium.VisitAsync(proxy.Uri);
        await j.SignUpAsync("deaf-j", $"/r/{room.Id}");
        Assert.Equal("webSockets", await j.ConnectedAsync());

        Volatile.Write(ref deaf.Value, true);
        await j.SendAsync("into nothing");
        await SayAsync(owner, room, 3, "meanwhile");

        await j.SeesAsync("into nothing", 40);
        await j.SeesAsync("meanwhile 2");
        Assert.Equal("serverSentEvents", await j.ConnectedAsync());
        await j.VerifyShowsAsync(await owner.ReadLogAsync(room.Id, _ct));
        j.VerifyClean();
    }

    private async Task<(Person Owner, Room Room)> RoomAsync()
    {
        var owner = await Person.SignUpAsync(server.Uri, _ct);
        return (owner, await owner.CreateRoomAsync(_ct));
    }

    private async Task SayAsync(Person person, Room room, int count, string text)
    {
        for (var i = 0; i < count; i++)
            await person.SayAsync(room.Id, $"{text} {i}", _ct);
    }

    private static Fault Make(string meddles) => meddles switch
    {
        "strips upgrades" => new StripUpgrade(),
        "swallows frames" => new SwallowWebSocketFrames(),
        "buffers event streams" => new BufferEventStream(),
        "strips upgrades and buffers event streams" => new Both(new StripUpgrade(), new BufferEventStream()),
        "swallows frames and buffers event streams" => new Both(new SwallowWebSocketFrames(), new BufferEventStream()),
        _ => throw new ArgumentOutOfRangeException(nameof(meddles)),
    };

    /// <summary>Passes everything until told to, and then nothing one way, on every connection that it was given.</summary>
    private sealed class Deaf(Direction way) : Fault
    {
        private volatile bool _deaf;

        public void Begin() => _deaf = true;

        public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct) =>
            _deaf && way == direction ? ValueTask.CompletedTask : to.WriteAsync(bytes, ct);
    }

    /// <summary>Passes everything until told to, and then nothing of a WebSocket, neither way. Everything else goes on.</summary>
    private sealed class DeafWebSocket(StrongBox<bool> deaf) : Fault
    {
        private volatile bool _open;

        public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
        {
            _open |= direction is Direction.Down && bytes.Span.StartsWith("HTTP/1.1 101"u8);
            return _open && Volatile.Read(ref deaf.Value) ? ValueTask.CompletedTask : to.WriteAsync(bytes, ct);
        }
    }
}
