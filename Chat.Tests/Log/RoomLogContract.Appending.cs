using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Log;

/// <summary>Numbers, order, and who is told.</summary>
public abstract partial class RoomLogContract
{
    [Fact]
    public async Task Many_writers_at_once_get_numbers_without_holes_and_keep_their_own_order()
    {
        const int Writers = 16, Batches = 12, PerBatch = 3;
        UserRef[] people = [.. Enumerable.Range(0, Writers).Select(i => new UserRef($"u{i}", $"U{i}"))];
        string[] rooms = [await RoomAsync(people), await RoomAsync(people)];

        await Task.WhenAll(people.Select(person => Task.Run(async () =>
        {
            for (var b = 0; b < Batches; b++)
            {
                foreach (var room in rooms)
                {
                    var results = await Log.AppendAsync(room, person, [.. Enumerable.Range(0, PerBatch).Select(i => Say($"{b}-{i}", $"{(b * PerBatch) + i}"))]);
                    // One call's messages stand together: they were appended in one transaction.
                    Assert.Equal(PerBatch - 1, results[^1].Event!.Seq - results[0].Event!.Seq);
                }
            }
        })));

        foreach (var room in rooms)
        {
            var all = await AllAsync(room);
            Assert.Equal(Enumerable.Range(1, 1 + Writers + (Writers * Batches * PerBatch)).Select(n => (long)n), all.Select(e => e.Seq));
            Assert.All(people, p => Assert.Equal(
                Enumerable.Range(0, Batches * PerBatch), all.Where(e => e.Sender == p && e.Body is not null).Select(e => int.Parse(e.Body!, null))));
            Assert.Equal(all.Count, (await Log.HeadsAsync([room], Ct))[room]);
        }
    }

    [Fact]
    public async Task Who_listens_hears_every_event_once_in_order_and_only_after_it_can_be_read()
    {
        var room = await RoomAsync(Bob);
        var unread = 0;
        Log.Committed += events =>
        {
            // A handler must not wait; a test may.
            if (Log.ReadAfterAsync(room, events[0].Seq - 1, 1, Ct).GetAwaiter().GetResult() is not [var stored] || stored != events[0])
                Interlocked.Increment(ref unread);
        };

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Log.AppendAsync(room, i % 2 == 0 ? Ann : Bob, [Say($"a{i}"), Say($"b{i}")])));
        await Log.AppendAsync(room, Ann, [Say("a0"), Say("b0")]); // a repeat is no event
        await Log.ProbeAsync(); // whatever was committed before it has been told

        Assert.Equal(0, unread);
        Same(await AllAsync(room), Committed.Where(e => e.RoomId == room));
    }

    [Fact]
    public async Task A_listener_that_throws_stops_neither_the_log_nor_the_writer()
    {
        var room = await RoomAsync();
        Log.Committed += _ => throw new InvalidOperationException("a listener's fault");

        Assert.Equal(2, (await PostAsync(room, Ann, Say("one"))).Seq);
        Assert.Equal(3, (await PostAsync(room, Ann, Say("two"))).Seq);
    }

    [Fact]
    public async Task Text_comes_back_to_the_byte()
    {
        var room = await RoomAsync();
        var random = new Random(Seed.Choose());
        var texts = Enumerable.Range(0, 200).Select(n => UnicodeText.Next(random, n))
            .Append("\ufeffx\uffff\ufdd0\U0010ffff").Append(new string('字', 5_461)).ToList();

        foreach (var (text, i) in texts.Select((t, i) => (t, i)))
            await PostAsync(room, Ann, Say($"t{i}", text));
        await ReopenAsync();

        Assert.Equal(texts, (await AllAsync(room)).Where(e => e.Type == EventTypes.Message).Select(e => e.Body!));
    }

    [Fact]
    public async Task An_answer_is_what_is_stored()
    {
        var room = await RoomAsync(Bob);
        var said = await PostAsync(room, Ann, Say("said", "hello"));
        ChatEvent[] answers =
        [
            said, await PostAsync(room, Bob, Say("reply", "hi", said.Seq)), await PostAsync(room, Ann, Edit("edit", said.Seq)),
            await PostAsync(room, Bob, React("react", said.Seq)),
        ];

        Same(answers, await Log.ReadAfterAsync(room, said.Seq - 1, 10, Ct));
        Assert.Equal(answers.Length, answers.Select(e => e.Id).Distinct().Count());
        Assert.All(answers, e => Assert.Equal(DateTimeKind.Utc, e.At.Kind));
        Assert.All(answers, e => Assert.Equal(0, e.At.Ticks % TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public async Task Everything_is_there_after_reopening()
    {
        var room = await RoomAsync(Bob);
        var direct = await Log.OpenDirectAsync(Ann, Bob);
        var message = await PostAsync(room, Bob, Say("m", "kept"));
        await Log.ChangeRoomAsync(room, new RoomChange("other", "topic"), Ann);
        await Log.MarkReadAsync(room, Ann.Id, message.Seq);
        var before = await AllAsync(room);

        await ReopenAsync();

        Same(before, await AllAsync(room));
        Assert.Equal(direct, await Log.OpenDirectAsync(Bob, Ann));
        Assert.Equal(message.Seq, (await Log.MarkReadAsync(room, Ann.Id, 1)).UpTo);
        Assert.True(Assert.Single(await Log.AppendAsync(room, Bob, [Say("m", "kept")])).Repeated);
        Assert.Equal(before.Count + 1, (await PostAsync(room, Bob, Say("next"))).Seq);
    }
}
