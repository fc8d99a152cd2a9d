using Chat.Contracts;
using Chat.Server.Log;
using Chat.Server.Relay;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Cluster;

/// <summary>
/// Two whole nodes on one PostgreSQL and one Redis: the other node does not serve a deleted text from its memory.
/// </summary>
[TimeLimit(120)]
public sealed class DeletedElsewhereTests(SharedPostgres postgres, SharedRedis redis)
{
    private const int Head = 702;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_back_to_a_node_that_was_not_told_does_not_get_it()
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Chat"] = await postgres.NewDatabaseAsync(Ct),
            ["ConnectionStrings:Redis"] = await redis.NewClusterAsync(Ct),
        };
        await using var a = new ChatServer(settings);
        await using var b = new ChatServer(settings);
        var jo = await Person.SignUpAsync(a.Uri, Ct);
        var room = (await jo.CreateRoomAsync(Ct)).Id;
        var log = a.Services.GetRequiredService<IRoomLog>();
        var me = new UserRef(jo.User.Id, jo.User.Name);
        await log.AppendAsync(room, me, [new Draft(EventTypes.Message, "secret", "secret")]);
        for (var i = 0; i < 7; i++)
            await log.AppendAsync(room, me,
                [.. Enumerable.Range(0, 100).Select(n => new Draft(EventTypes.Message, $"{i}-{n}", "text"))]);

        var there = jo with { Server = b.Uri };
        var (feeds, before) = (b.Services.GetRequiredService<NodeRelay>().Feeds, await ReadAsync(there, room, Head));
        Assert.Equal("secret", before[1].Body);
        await Eventually.TrueAsync(() => feeds.Find(room) is null, TimeSpan.FromSeconds(30), Ct,
            "nobody follows the room there");
        using var api = new Api(a.Uri, jo);
        (await api.DeleteAsync($"/api/rooms/{room}/messages/2?clientId=delete")).As<SendResult>();

        var after = await ReadAsync(there, room, Head + 1);
        Assert.Null(after[1].Body);
        Assert.Equal(EventTypes.Delete, after[^1].Type);
    }

    private static async Task<IReadOnlyList<ChatEvent>> ReadAsync(Person person, string room, int count)
    {
        await using var client = await PlainClient.SyncedAsync(person, (room, 0));
        await Eventually.TrueAsync(() => Events().Count() == count, TimeSpan.FromSeconds(30), Ct, "everything comes");
        return [.. Events()];

        IEnumerable<ChatEvent> Events() =>
            client.Heard.Where(s => s.Name == "Event").Select(s => (ChatEvent)s.Values[0]);
    }
}
