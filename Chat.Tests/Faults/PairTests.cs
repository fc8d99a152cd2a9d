using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>Two people on any two transports.</summary>
public sealed class PairTests(SharedServer server) : IClassFixture<SharedServer>
{
    private const int MessagesEachWay = 1000;

    public static TheoryData<TransportKind, TransportKind> Pairs =>
        [.. from a in Enum.GetValues<TransportKind>() from b in Enum.GetValues<TransportKind>() select (a, b)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_thousand_messages_each_way_arrive_once_and_in_order(TransportKind one, TransportKind other)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Seed.Choose();
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        await conversation.AddAsync("J", one, ct);
        await conversation.AddAsync("D", other, ct);
        await conversation.StartAsync(ct);

        await Task.WhenAll(conversation.Clients.Select((client, i) => WriteAsync(client, new Random(seed + i))));

        await conversation.VerifyAsync(TimeSpan.FromSeconds(15), ct);
        Assert.All(conversation.Clients, client => Assert.Equal(2 * MessagesEachWay, conversation.History.SeenBy(client.Name).Count));
        Assert.Equal([one, other], conversation.Clients.Select(c => c.Connection.Status.Transport));

        Task WriteAsync(RecordedClient client, Random random) =>
            Task.WhenAll(Enumerable.Range(0, MessagesEachWay).Select(n => client.SendAsync(conversation.Room.Id, UnicodeText.Next(random, n), ct)));
    }
}
