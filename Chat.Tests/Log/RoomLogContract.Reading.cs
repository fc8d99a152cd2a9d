namespace Chat.Tests.Log;

/// <summary>Pages.</summary>
public abstract partial class RoomLogContract
{
    [Fact]
    public async Task Pages_go_both_ways_and_end_at_the_ends()
    {
        var room = await RoomAsync();
        await Log.AppendAsync(room, Ann, [.. Enumerable.Range(2, 9).Select(i => Say($"{i}"))]);

        await ExpectAsync([1, 2, 3], Log.ReadAfterAsync(room, 0, 3, Ct));
        await ExpectAsync([9, 10], Log.ReadAfterAsync(room, 8, 3, Ct));
        await ExpectAsync([10], Log.ReadAfterAsync(room, 9, 1, Ct));
        await ExpectAsync([], Log.ReadAfterAsync(room, 10, 3, Ct));
        await ExpectAsync([], Log.ReadAfterAsync(room, long.MaxValue, 3, Ct));
        await ExpectAsync([8, 9, 10], Log.ReadBeforeAsync(room, long.MaxValue, 3, Ct));
        await ExpectAsync([8, 9, 10], Log.ReadBeforeAsync(room, 11, 3, Ct));
        await ExpectAsync([1, 2], Log.ReadBeforeAsync(room, 3, 3, Ct));
        await ExpectAsync([1], Log.ReadBeforeAsync(room, 2, 3, Ct));
        await ExpectAsync([], Log.ReadBeforeAsync(room, 1, 3, Ct));
        await ExpectAsync([], Log.ReadAfterAsync("nosuchroom", 0, 3, Ct));
        await ExpectAsync([], Log.ReadBeforeAsync("nosuchroom", 5, 3, Ct));

        static async Task ExpectAsync(long[] expected, Task<IReadOnlyList<Contracts.ChatEvent>> page) =>
            Assert.Equal(expected, (await page).Select(e => e.Seq));
    }

    [Fact]
    public async Task A_page_ends_where_it_holds_a_megabyte_of_json_and_has_at_least_one_event()
    {
        var room = await RoomAsync();
        var heavy = $"a{new string('\u0001', 16_382)}a";
        await Log.AppendAsync(room, Ann, [.. Enumerable.Range(2, 25).Select(i => Say($"{i}", heavy))]);
        await Log.AppendAsync(room, Ann,
            [.. Enumerable.Range(27, 70).Select(i => Say($"{i}", new string('x', 16_384)))]);

        await ExpectAsync(after: 0, 1, 11);
        await ExpectAsync(after: 11, 12, 21);
        await ExpectAsync(after: 30, 31, 85);
        Assert.Equal(Enumerable.Range(17, 10).Select(n => (long)n),
            (await Log.ReadBeforeAsync(room, 27, 200, Ct)).Select(e => e.Seq));
        Assert.Equal(96, (await AllAsync(room)).Count);

        async Task ExpectAsync(long after, int first, int last) => Assert.Equal(
            Enumerable.Range(first, last - first + 1).Select(n => (long)n),
            (await Log.ReadAfterAsync(room, after, 200, Ct)).Select(e => e.Seq));
    }

    [Fact]
    public async Task Heads_are_of_the_rooms_that_exist()
    {
        string one = await RoomAsync(), two = await RoomAsync(Bob);

        var heads = await Log.HeadsAsync([one, two, "nosuchroom"], Ct);

        Assert.Equal(new Dictionary<string, long> { [one] = 1, [two] = 2 }, heads);
        Assert.Empty(await Log.HeadsAsync([], Ct));
    }

    [Fact]
    public async Task Readers_do_not_wait_for_writers_and_see_only_whole_transactions()
    {
        var room = await RoomAsync();
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await Log.AppendAsync(room, Ann, [.. Enumerable.Range(0, 10).Select(n => Say($"{i}-{n}"))]);
            await done.CancelAsync();
        }, Ct);

        while (!done.IsCancellationRequested)
        {
            var page = await AllAsync(room);
            Assert.Equal(1, page.Count % 10);
            Assert.Equal(page.Count, page[^1].Seq);
        }
        await writing;
    }
}
