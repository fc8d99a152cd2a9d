using System.Collections.Concurrent;
using Chat.Client;
using Chat.Client.Sending;
using Chat.Client.Transports;
using Chat.Contracts;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Tests.Client;

/// <summary>Order and exactly-once against a room that refuses, loses answers, and forgets nothing.</summary>
public sealed class OutboxTests
{
    private enum Mood { Answers, LosesTheCall, LosesTheAnswer, LimitsTheRate, CannotNow, Breaks }

    [Fact]
    public async Task Every_message_arrives_once_and_in_order_whatever_the_calls_meet() =>
        await Gen.Select(Gen.Enum<Mood>().Array[0, 40], Gen.Int[1, 150]).SampleAsync(async (moods, count) =>
        {
            var room = new Room(moods);
            var (queue, sender, clock) = Sending(room.SendAsync);
            var results = Enumerable.Range(0, count).Select(i => Send(queue, sender, "r", $"{i}")).ToList();

            await Advance(clock, Task.WhenAll(results));

            Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), room.Log.Select(m => m.Body));
            Assert.Equal(Enumerable.Range(1, count).Select(n => (long?)n), results.Select(r => r.Result.Seq));
            Assert.Empty(queue.Entries);
        }, iter: 60, threads: 1);

    [Fact]
    public async Task A_refused_message_does_not_hold_up_the_others()
    {
        var room = new Room([]) { Refuses = m => m.Body == "bad" ? ErrorCodes.Invalid : null };
        var (queue, sender, clock) = Sending(room.SendAsync);
        Task<SendResult>[] results = [Send(queue, sender, "r", "a"), Send(queue, sender, "r", "bad"), Send(queue, sender, "r", "b")];

        await Advance(clock, results[2]);

        Assert.Equal(ErrorCodes.Invalid, (await Assert.ThrowsAsync<ChatException>(() => results[1])).Code);
        Assert.Equal(["a", "b"], room.Log.Select(m => m.Body));
        Assert.Empty(queue.Entries);
    }

    [Fact]
    public async Task When_a_whole_call_is_invalid_the_guilty_one_is_found()
    {
        var room = new Room([]) { RefusesCall = batch => batch.Any(m => m.Body == "bad") ? ErrorCodes.TooLarge : null };
        var (queue, sender, clock) = Sending(room.SendAsync);
        var results = "a b bad c d".Split(' ').Select(b => Send(queue, sender, "r", b)).ToList();

        await Advance(clock, Task.WhenAll(results.Where((_, i) => i != 2)));

        Assert.Equal(ErrorCodes.TooLarge, (await Assert.ThrowsAsync<ChatException>(() => results[2])).Code);
        Assert.Equal(["a", "b", "c", "d"], room.Log.Select(m => m.Body));
    }

    [Fact]
    public async Task A_waiting_message_says_why_it_waits()
    {
        var room = new Room([.. Enumerable.Repeat(Mood.LimitsTheRate, 3)]);
        var (queue, sender, clock) = Sending(room.SendAsync);
        var result = Send(queue, sender, "r", "a");
        await Expect.HoldsAsync(() => queue.Entries is [{ Error.Code: ErrorCodes.RateLimited }]);

        await Advance(clock, result);

        Assert.Empty(queue.Entries);
    }

    [Fact]
    public async Task Batches_respect_both_limits_and_rooms_do_not_wait_for_each_other()
    {
        var stalled = new TaskCompletionSource();
        var batches = new ConcurrentQueue<IReadOnlyList<NewMessage>>();
        var room = new Room([]);
        var (queue, sender, clock) = Sending(async (id, batch, ct) =>
        {
            if (id == "stalled")
                await stalled.Task.WaitAsync(ct);
            batches.Enqueue(batch);
            return await room.SendAsync(id, batch, ct);
        });
        var waiting = Send(queue, sender, "stalled", "x");
        var large = new string('é', 5_000);
        var results = Enumerable.Range(0, 350).Select(i => queue.AddAsync(Entry("r", i < 50 ? $"{i} {large}" : $"{i}"))).ToList();
        sender.Kick("r");

        await Advance(clock, Task.WhenAll(results.Select(async r => await (await r).Result.Task)));

        Assert.False(waiting.IsCompleted);
        Assert.All(batches, b => Assert.InRange(b.Count, 1, 100));
        Assert.All(batches, b => Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(b, ChatJson.Options).Length, 1, 49 * 1024));
        Assert.True(batches.Count < 25, $"{batches.Count} batches");
        stalled.SetResult();
        await Advance(clock, waiting);
    }

    [Fact]
    public void What_cannot_be_sent_is_refused_at_once()
    {
        var queue = new OutboxQueue(capacity: 2, file: null, () => { });
        var tooLarge = Assert.Throws<ChatException>(() => { _ = queue.AddAsync(Entry("r", new string('\u0001', 16_000))); });
        _ = queue.AddAsync(Entry("r", "a", "one"));
        _ = queue.AddAsync(Entry("r", "b", "two"));
        var reused = Assert.Throws<ChatException>(() => { _ = queue.AddAsync(Entry("r", "other", "one")); });
        var full = Assert.Throws<ChatException>(() => { _ = queue.AddAsync(Entry("r", "c")); });

        Assert.Equal((ErrorCodes.TooLarge, ErrorCodes.KeyReused, ErrorCodes.Unavailable), (tooLarge.Code, reused.Code, full.Code));
        Assert.Equal(2, queue.Entries.Count);
    }

    [Fact]
    public async Task The_same_client_id_again_is_the_same_message()
    {
        var queue = new OutboxQueue(10, null, () => { });
        Assert.Same(await queue.AddAsync(Entry("r", "a", "one")), await queue.AddAsync(Entry("r", "a", "one")));
    }

    private static OutboxEntry Entry(string room, string body, string? id = null) =>
        new(room, id ?? ClientIds.New(), body, null, DateTimeOffset.UnixEpoch);

    private static (OutboxQueue Queue, OutboxSender Sender, FakeTimeProvider Clock) Sending(
        Func<string, IReadOnlyList<NewMessage>, CancellationToken, Task<IReadOnlyList<SendResult>>> send)
    {
        var queue = new OutboxQueue(10_000, null, () => { });
        var clock = new FakeTimeProvider();
        return (queue, new OutboxSender(queue, send, clock, NullLogger.Instance, TestContext.Current.CancellationToken), clock);
    }

    private static async Task<SendResult> Send(OutboxQueue queue, OutboxSender sender, string room, string body)
    {
        var pending = queue.AddAsync(Entry(room, body));
        sender.Kick(room);
        return await (await pending).Result.Task;
    }

    private static async Task Advance(FakeTimeProvider clock, Task until)
    {
        while (!until.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(until, Task.Run(() => { }));
            Expect.Soon.ThrowIfCancellationRequested();
        }
    }

    private sealed class Room(IReadOnlyList<Mood> moods)
    {
        private int _calls;

        public List<NewMessage> Log { get; } = [];

        public Func<NewMessage, string?> Refuses { get; init; } = _ => null;

        public Func<IReadOnlyList<NewMessage>, string?> RefusesCall { get; init; } = _ => null;

        public async Task<IReadOnlyList<SendResult>> SendAsync(string roomId, IReadOnlyList<NewMessage> batch, CancellationToken ct)
        {
            await Task.Yield();
            var mood = _calls < moods.Count ? moods[_calls++] : Mood.Answers;
            if (RefusesCall(batch) is { } code)
                throw new ChatException(code, "No.");
            switch (mood)
            {
                case Mood.LosesTheCall: throw new SessionLostException(new IOException());
                case Mood.LimitsTheRate: throw new ChatException(ErrorCodes.RateLimited, "Slower.") { RetryAfter = TimeSpan.FromSeconds(1) };
                case Mood.CannotNow: throw new ChatException(ErrorCodes.Unavailable, "Later.");
                case Mood.Breaks: return [];
            }

            var results = batch.Select(Append).ToList();
            return mood == Mood.LosesTheAnswer ? throw new SessionLostException(new IOException()) : results;
        }

        private SendResult Append(NewMessage m)
        {
            if (Refuses(m) is { } code)
                return new SendResult { ClientId = m.ClientId, Error = new SendError(code, "No.") };
            lock (Log)
            {
                var at = Log.FindIndex(x => x.ClientId == m.ClientId);
                if (at < 0)
                {
                    Log.Add(m);
                    at = Log.Count - 1;
                }

                return new SendResult { ClientId = m.ClientId, Seq = at + 1, Id = m.ClientId, At = DateTime.UnixEpoch };
            }
        }
    }
}
