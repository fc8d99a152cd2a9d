using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Chat.Bench.Processes;
using Chat.Contracts;
using Chat.Server.Keys;
using Chat.Server.Relay.Redis;
using StackExchange.Redis;

namespace Chat.Bench.Hints;

/// <summary>
/// Measures how much the nodes' signatures on their Redis messages cost: the same messages signed and not signed, in
/// turn, through a real Redis.
/// </summary>
internal static class HintsCommand
{
    private const int Rounds = 10, Batches = 40, Batch = 250;

    public static Command Create()
    {
        var command = new Command("hints", "What signing costs the nodes of a cluster; needs redis-server.");
        command.SetAction((_, ct) => RunAsync(ct));
        return command;
    }

    private static async Task RunAsync(CancellationToken ct)
    {
        await using var redis = await RedisProcess.RunAsync(ct);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var subscriber = connection.GetSubscriber();
        var channel = RedisNames.Room("room");
        var ring = new MasterKeyRing();
        var keys = MasterKeys.Parse(NodeProcess.MasterKey, "here");
        ring.Set(keys, keys.All[0]);
        var seal = new HintSeal(ring, TimeProvider.System);
        var window = new HintWindow(TimeProvider.System);
        var plain = new RedisWord
        {
            From = "abcdefghijklmnop",
            Events =
            [
                new ChatEvent
                {
                    RoomId = "room", Seq = 42, Id = "abcdefghijklmnop", Type = EventTypes.Message,
                    Sender = new UserRef("user", "somebody"), At = DateTime.UtcNow,
                    Body = new string('x', 100),
                },
            ],
        };

        double published = 0, publishedSigned = 0, heard = 0, heardSigned = 0;
        for (var round = -1; round < Rounds; round++) // the first does not count
        {
            var one = await PublishAsync(subscriber, channel, plain.Write);
            var two = await PublishAsync(subscriber, channel, () => seal.Write(channel, plain));
            var (text, sealedText) = (plain.Write(),
                Enumerable.Range(0, Batches * Batch).Select(_ => seal.Write(channel, plain)).ToArray());
            var three = Measure(_ => RedisWord.Parse(text));
            var four = Measure(i => seal.Check(channel, sealedText[i]) == HintCode.Right
                && window.Take(RedisWord.Parse(sealedText[i])!) == Heard.New);
            if (round >= 0)
                (published, publishedSigned, heard, heardSigned) = (published + one, publishedSigned + two,
                    heard + three, heardSigned + four);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"publishing: signed {publishedSigned / published:0.00} of not signed"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"hearing:    checked {heardSigned / heard:0.00} of only read"));
    }

    private static async Task<double> PublishAsync(ISubscriber subscriber, RedisChannel channel, Func<byte[]> write)
    {
        var since = Stopwatch.GetTimestamp();
        for (var batch = 0; batch < Batches; batch++)
            await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ => subscriber.PublishAsync(channel, write())));
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static double Measure(Action<int> what)
    {
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < Batches * Batch; i++)
            what(i);
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static double Measure<T>(Func<int, T> what) => Measure(i => { _ = what(i); });
}
