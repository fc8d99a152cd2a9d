using System.Text;
using System.Text.Json.Nodes;
using Chat.Contracts;
using Chat.Server.Keys;
using Chat.Server.Relay;
using Chat.Server.Relay.Redis;
using Chat.Tests.Support;
using StackExchange.Redis;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay.Redis;

/// <summary>Somebody else can publish to the cluster's Redis. Nodes believe nobody but each other.</summary>
[TimeLimit(120)]
public sealed class SignedHintsTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private RelayCluster _cluster = null!;
    private ConnectionMultiplexer _stranger = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RelayNode A => _cluster.A;

    private RelayNode B => _cluster.B;

    public async ValueTask InitializeAsync()
    {
        var connection = await redis.NewClusterAsync(Ct);
        _cluster = await RelayCluster.StartAsync(connection);
        _stranger = await ConnectionMultiplexer.ConnectAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _stranger.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // an older node is registered, whose words are not signed
    public async Task A_message_that_its_author_never_wrote_is_shown_to_nobody_and_the_real_one_with_its_number_comes(
        bool allSign)
    {
        var (room, bob) = await _cluster.BobListensAsync();
        await A.UntilTrustingAsync();
        Register(allSign);

        foreach (var from in (string[])["older", B.Id, A.Id])
            await SayAsync(RedisNames.Room(room), new RedisWord { From = from, Events = [Forged(room, 3)] });
        await UntilRefusedAsync(allSign ? 3 : 2);
        await B.SayAsync(room, Ann);
        await _cluster.DeliversAsync(room, bob);

        Assert.DoesNotContain(bob.Written.OfType<ChatEvent>(), e => e.Body == "forged");
    }

    [Fact]
    public async Task Who_has_another_key_signs_for_nobody()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        var other = new HintSeal(RelayNode.Ring(MasterKey.NewText()), TimeProvider.System);
        // The number is new to B, so only the code is wrong.
        for (var i = 0; i < 5_000; i++)
            other.Write(RedisNames.Room(room), new RedisWord { From = B.Id });

        await SayAsync(RedisNames.Room(room),
            other.Write(RedisNames.Room(room), new RedisWord { From = B.Id, Events = [Forged(room, 3)] }));
        await UntilRefusedAsync(1);

        await _cluster.DeliversAsync(room, bob);
        Assert.DoesNotContain(bob.Written.OfType<ChatEvent>(), e => e.Body == "forged");
    }

    [Fact]
    public async Task What_is_repeated_cut_changed_or_said_elsewhere_counts_for_nothing()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        var heard = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _stranger.GetSubscriber().SubscribeAsync(RedisNames.Room(room), (_, message) =>
        {
            if (message.ToString().Contains("\"typing\"", StringComparison.Ordinal))
                heard.TrySetResult(message!);
        });
        B.Relay.Signal(new RelaySignal.Typing(room, Ann.Id));
        await bob.ReceivesAsync<Notice.Typing>(t => t.UserId == Ann.Id);
        var word = await heard.Task.WaitAsync(Soon, Ct);
        var changed = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(word).Replace(Ann.Id, Bob.Id, StringComparison.Ordinal));

        await SayAsync(RedisNames.Room(room), word);
        await SayAsync(RedisNames.Nodes, word);
        await SayAsync(RedisNames.Room(room), word[..^2]);
        await SayAsync(RedisNames.Room(room), word[..40]);
        await SayAsync(RedisNames.Room(room), changed);
        await UntilRefusedAsync(5);

        Assert.Single(bob.Notices<Notice.Typing>());
        await _cluster.DeliversAsync(room, bob);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_is_signed_out_and_put_into_a_room_by_a_stranger(bool allSign)
    {
        Register(allSign);
        var (room, bob) = await _cluster.BobListensAsync();
        var secret = await B.Rig.RoomAsync();

        await SayAsync(RedisNames.Nodes, new RedisWord { From = "older", Ended = ["sign-in bob"] });
        var join = Forged(secret, 2) with { Type = EventTypes.Join, Sender = Bob, Body = null };
        await SayAsync(RedisNames.Nodes, new RedisWord { From = "older", Events = [join] });
        await B.SayAsync(secret, Ann);
        await _cluster.DeliversAsync(room, bob);

        Assert.False(bob.Aborted);
        Assert.DoesNotContain(bob.Written.OfType<ChatEvent>(), e => e.RoomId == secret);
    }

    [Fact]
    public async Task A_flood_of_lies_is_counted_told_once_and_hints_go_on()
    {
        Register(allSign: true);
        await A.UntilTrustingAsync();
        var (room, bob) = await _cluster.BobListensAsync();
        var goodbye = new RedisWord { From = B.Id, Beat = new Heartbeat(1_000_000, 0, Leaves: true) }.Write();

        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => SayAsync(RedisNames.Nodes, goodbye)));
        await UntilRefusedAsync(2_000);

        await _cluster.DeliversAsync(room, bob);
        Assert.True(A.Backplane.IsLiedTo);
        Assert.Equal((1, 0), (A.Count(227), A.Count(224)));
        await A.UntilTrustingAsync();
    }

    [Fact]
    public async Task Somebody_who_is_no_node_is_noticed_also_while_a_node_that_does_not_sign_is_registered()
    {
        await A.UntilTrustingAsync();
        Register(allSign: false);

        await SayAsync(RedisNames.Nodes, new RedisWord { From = "stranger" });
        await UntilRefusedAsync(1);

        Assert.True(A.Backplane.IsLiedTo);
    }

    [Fact]
    public async Task The_last_messages_of_a_node_that_does_not_sign_raise_no_alarm_but_later_ones_do()
    {
        await A.UntilTrustingAsync();
        Register(allSign: false);
        var goodbye = new RedisWord { From = "older", Beat = new Heartbeat(0, 0, Leaves: true) };

        // The row is gone, and the goodbye is still on its way.
        Unregister();
        await SayAsync(RedisNames.Nodes, goodbye);
        await UntilRefusedAsync(1);
        Assert.False(A.Backplane.IsLiedTo);
        Register(allSign: true);
        await SayAsync(RedisNames.Nodes, goodbye);
        await UntilRefusedAsync(2);
        Assert.False(A.Backplane.IsLiedTo);

        await Eventually.TrueAsync(async () =>
        {
            await SayAsync(RedisNames.Nodes, goodbye);
            return A.Backplane.IsLiedTo;
        }, Soon, Ct, "health tells of somebody else at Redis");
    }

    [Fact]
    public async Task An_older_node_reads_what_is_signed_and_what_it_says_leads_to_the_database()
    {
        var (room, bob) = await _cluster.BobListensAsync();
        var heard = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _stranger.GetSubscriber().SubscribeAsync(RedisNames.Room(room), (_, message) =>
        {
            if (message.ToString().Contains("\"typing\"", StringComparison.Ordinal))
                heard.TrySetResult(message!);
        });
        B.Log.Telling = _ => []; // the older node commits what B does not tell of
        await A.UntilTrustingAsync();
        Register(allSign: false);
        await B.SayAsync(room, Ann);

        await SayAsync(RedisNames.Room(room), new RedisWord { From = "older", Events = [Forged(room, 3)] });

        await bob.ReceivesAsync(room, 1, 2, 3);
        Assert.DoesNotContain(bob.Written.OfType<ChatEvent>(), e => e.Body == "forged");
        B.Relay.Signal(new RelaySignal.Typing(room, Ann.Id));
        var json = JsonNode.Parse(await heard.Task.WaitAsync(Soon, Ct))!;
        Assert.Equal((B.Id, Ann.Id), ((string?)json["from"], (string?)json["typing"]![0]!["userId"]));
    }

    private static ChatEvent Forged(string room, long seq) =>
        new() { RoomId = room, Seq = seq, Id = "forged", Type = EventTypes.Message, Sender = Ann, At = DateTime.UtcNow, Body = "forged" };

    /// <summary>Writes a row into the registry in the database.</summary>
    private void Register(bool allSign)
    {
        foreach (var node in (RelayNode[])[A, B])
            (node.Registered.AllSign, node.Registered.Ids) = (allSign, allSign ? [A.Id, B.Id] : [A.Id, B.Id, "older"]);
    }

    /// <summary>Takes the older node's row out of the registry, before the others know what that means.</summary>
    private void Unregister()
    {
        foreach (var node in (RelayNode[])[A, B])
            node.Registered.Ids = [A.Id, B.Id];
    }

    private Task<long> SayAsync(RedisChannel channel, RedisWord word) => SayAsync(channel, word.Write());

    private Task<long> SayAsync(RedisChannel channel, byte[] message) =>
        _stranger.GetSubscriber().PublishAsync(channel, message);

    private Task UntilRefusedAsync(int count) =>
        Eventually.TrueAsync(() => A.Backplane.Refused >= count, Soon, Ct, $"{count} are refused");
}
