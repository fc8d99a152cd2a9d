using System.Text.Json;
using Chat.Client;
using Chat.Contracts;
using Chat.Server.Log;
using Chat.Tests.Support;
using Chat.Tests.Terminal;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Transports;

/// <summary>
/// A room in which 200 messages would be one page of 19.7 MB: pages hold a megabyte, and every client reads on.
/// </summary>
[TimeLimit(180)]
public sealed class PageBytesTests(PageBytesTests.HeavyRoom heavy) : IClassFixture<PageBytesTests.HeavyRoom>
{
    private const int Head = 201;
    private const int Megabyte = 1_050_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("&wait=0")]
    [InlineData("&wait=30")]
    public async Task Polled_forwards_each_page_holds_a_megabyte_and_none_is_missing(string wait)
    {
        using var api = new Api(heavy.Uri, heavy.Ann);
        var numbers = new List<long>();
        while (numbers.Count < Head)
        {
            var answer = await api.GetAsync($"/api/rooms/{heavy.Room}/events?after={numbers.Count}{wait}");
            numbers.AddRange(Checked(answer, p => p.Events[^1].Seq == p.Head).Events.Select(e => e.Seq));
        }
        Assert.Equal(All(), numbers.Take(Head));
    }

    [Fact]
    public async Task Paged_backwards_each_page_holds_a_megabyte_and_none_is_missing()
    {
        using var api = new Api(heavy.Uri, heavy.Ann);
        var numbers = new Stack<long>();
        for (var query = $"?before={Head + 1}"; numbers.Count < Head; query = $"?before={numbers.Peek()}")
        {
            foreach (var e in Checked(await api.GetAsync($"/api/rooms/{heavy.Room}/events{query}"),
                p => p.Events[0].Seq == 1).Events.Reverse())
                numbers.Push(e.Seq);
        }
        Assert.Equal(All(), numbers);
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets, false)]
    [InlineData(HttpTransportType.WebSockets, true)]
    [InlineData(HttpTransportType.ServerSentEvents, false)]
    [InlineData(HttpTransportType.LongPolling, true)]
    public async Task Over_the_hub_it_is_the_same(HttpTransportType transport, bool messagePack)
    {
        await using var client = await PlainClient.ConnectAsync(heavy.Ann, transport, messagePack);
        var numbers = new List<long>();
        while (numbers.Count < Head)
        {
            var page = await client.Hub.InvokeAsync<EventPage>("History", heavy.Room,
                new PageRequest(After: numbers.Count), Ct);
            Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(page, ChatJson.Options).Length, 1, Megabyte);
            numbers.AddRange(page.Events.Select(e => e.Seq));
        }
        Assert.Equal(All(), numbers.Take(Head));
    }

    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task The_client_library_reads_all_of_it_whether_it_comes_or_has_to_be_paged(TransportKind transport)
    {
        await using var chat = new ChatConnection(new ChatOptions
        {
            Server = heavy.Uri,
            AccessToken = _ => ValueTask.FromResult<string?>(heavy.Ann.Token),
            Transport = transport,
            Cursors = System.Collections.Immutable.ImmutableDictionary<string, long>.Empty.Add(heavy.Room, 0),
            StartTimeout = TimeSpan.FromSeconds(30),
            CallTimeout = TimeSpan.FromSeconds(30),
        });
        await chat.StartAsync(Ct);
        var numbers = new List<long>();
        await foreach (var e in chat.Events(Ct))
        {
            Assert.Equal(e.Seq == 1 ? null : HeavyRoom.Body, e.Body);
            numbers.Add(e.Seq);
            if (numbers.Count == Head)
                break;
        }
        Assert.Equal(All(), numbers);
    }

    [Fact]
    public async Task The_terminals_commands_print_all_of_it()
    {
        using var terminal = await new ChatProgram(heavy.Uri).SignInAsync(Ct);
        using var api = new Api(heavy.Uri, heavy.Ann);
        (await api.PutAsync($"/api/rooms/{heavy.Room}/members/{terminal.Name}")).As<Room>();
        var runs = await Task.WhenAll(
            terminal.RunAsync(Ct, "history", "--room", "heavy", "--json", "--limit", "200", "--before", "202"),
            terminal.RunAsync(Ct, "history", "--room", "heavy", "--json", "--limit", "200", "--after", "1"),
            terminal.RunAsync(Ct, "tail", "--room", "heavy", "--json", "--lines", "200"));
        Assert.All(runs, ran => Assert.Equal((0, ""), (ran.ExitCode, ran.Errors)));
        Assert.All(runs[..2], ran => Assert.Equal(All().Skip(1), Numbers(ran)));
        Assert.Equal(All().Skip(2), Numbers(runs[2]).SkipLast(1));
    }

    private static IEnumerable<long> Numbers(Ran ran) =>
        ran.Lines.Select(l => JsonSerializer.Deserialize<ChatEvent>(l, ChatJson.Options)!.Seq);

    private static IEnumerable<long> All() => Enumerable.Range(1, Head).Select(n => (long)n);

    private static EventPage Checked(Answer answer, Func<EventPage, bool> isLast)
    {
        var page = answer.As<EventPage>();
        Assert.InRange(answer.Text.Length, 1, Megabyte);
        Assert.NotEmpty(page.Events);
        Assert.True(isLast(page) || answer.Text.Length > Megabyte / 2, "a page that is not the last one is not small");
        return page;
    }

    /// <summary>A server with the room in it.</summary>
    public sealed class HeavyRoom : IAsyncLifetime
    {
        /// <summary>The largest body, which is six times as large in JSON.</summary>
        public static readonly string Body = $"a{new string('\u0001', 16_382)}a";

        private readonly ChatServer _server = new();

        public Uri Uri => _server.Uri;

        public Person Ann { get; private set; } = null!;

        public string Room { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Ann = await Person.SignUpAsync(Uri, Ct);
            var log = _server.Services.GetRequiredService<IRoomLog>();
            var ann = new UserRef(Ann.User.Id, Ann.User.Name);
            Room = await log.CreateAsync(RoomKind.Public, "heavy", "", ann);
            for (var i = 0; i < 10; i++)
                await log.AppendAsync(Room, ann,
                    [.. Enumerable.Range(0, 20).Select(n => new Draft(EventTypes.Message, $"m{i}-{n}", Body))]);
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
