using Chat.Server.Log;

namespace Chat.Tests.Log;

public sealed class ReadTurnsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_reads_one_person_begins_they_take_one_place_and_others_read_beside_them()
    {
        using var turns = new ReadTurns(2);
        var release = new TaskCompletionSource();
        var running = 0;
        var guests = Enumerable.Range(0, 12).Select(_ => turns.RunAsync("guest", async _ =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await release.Task;
            return Interlocked.Decrement(ref running);
        }, Ct)).ToList();

        Assert.Equal(7,
            await turns.RunAsync("bystander", _ => Task.FromResult(7), Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct));
        Assert.All(guests, g => Assert.False(g.IsCompleted));
        release.SetResult();
        await Task.WhenAll(guests);
    }

    [Fact]
    public async Task A_long_read_lets_those_go_first_who_wait_between_its_parts()
    {
        using var turns = new ReadTurns(1);
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var order = new List<string>();
        var longRead = turns.RunAsync("guest", async turn =>
        {
            begun.SetResult();
            await goOn.Task;
            order.Add("first part");
            await turn.PassAsync(Ct);
            order.Add("second part");
            return true;
        }, Ct);
        await begun.Task;
        var shortRead = turns.RunAsync("bystander", _ =>
        {
            order.Add("bystander");
            return Task.FromResult(true);
        }, Ct);

        goOn.SetResult();
        await Task.WhenAll(longRead, shortRead);

        Assert.Equal(["first part", "bystander", "second part"], order);
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_place()
    {
        using var turns = new ReadTurns(1);
        var release = new TaskCompletionSource<bool>();
        var first = turns.RunAsync("guest", _ => release.Task, Ct);
        using var leaving = new CancellationTokenSource();
        var second = turns.RunAsync("guest", _ => Task.FromResult(true), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        release.SetResult(true);
        Assert.True(await first);
        Assert.True(await turns.RunAsync("guest", _ => Task.FromResult(true), Ct));
    }
}
