using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>Somebody is thrown out of a room while others write.</summary>
public sealed class RemovalTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public async Task A_member_removed_in_a_burst_sees_everything_up_to_its_leave_and_nothing_after(TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Seed.Choose();
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        await conversation.AddAsync("J", TransportKind.WebSockets, ct);
        await conversation.AddAsync("K", TransportKind.WebSockets, ct);
        await conversation.StartAsync(ct);
        var person = await Person.SignUpAsync(server.Uri, ct, "D");
        await person.JoinAsync(conversation.Room.Id, ct);
        await using var removed = new RecordedClient(conversation.History, "D", person.Options(transport));
        await removed.StartAsync(ct, conversation.Room.Id);

        await using var load = new Load(conversation, seed, ct);
        await load.ProgressAsync(each: 50, Limit);
        using (var owner = conversation.Owner.Http())
        using (var answer = await owner.DeleteAsync(new Uri($"/api/rooms/{conversation.Room.Id}/members/{person.User.Name}", UriKind.Relative), ct))
            answer.EnsureSuccessStatusCode();
        await load.ProgressAsync(each: 50, Limit);
        await load.StopAsync(Limit);

        var log = await conversation.Owner.ReadLogAsync(conversation.Room.Id, ct);
        var leave = log.Single(e => e.Type == EventTypes.Leave).Seq;
        Assert.True(log[^1].Seq > leave + 50, "the burst went on after the leave");
        await removed.SeesAsync(conversation.Room.Id, leave, Limit, ct);
        await conversation.VerifyAsync(Limit, ct);
    }
}
