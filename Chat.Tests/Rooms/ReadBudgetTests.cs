using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Rooms;
using Chat.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Rooms;

/// <summary>One user's reads take turns, and a user who reads without end waits instead of everybody else.</summary>
public sealed class ReadBudgetTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_than_so_many_run_at_once_and_one_that_is_given_up_leaves_its_place()
    {
        var budget = new ReadBudget(Options.Create(new LimitOptions { ReadsAtOnce = 2 }), _time);
        using var gone = new CancellationTokenSource();
        var hold = new TaskCompletionSource();
        var running = 0;
        var reads = Enumerable.Range(0, 5).Select(i => Read(i == 2 ? gone.Token : Ct)).ToList();
        Assert.Equal(2, Volatile.Read(ref running));
        await budget.TakeAsync("bob", () => Task.FromResult(1), n => n, Ct); // nobody else waits

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads[2]);
        hold.SetResult();

        Assert.All(await Task.WhenAll(reads.Where((_, i) => i != 2)), n => Assert.Equal(1, n));
        Assert.Equal(4, running);

        Task<int> Read(CancellationToken ct) => budget.TakeAsync(
            "ann",
            async () =>
            {
                Interlocked.Increment(ref running);
                await hold.Task;
                return 1;
            },
            n => n, ct);
    }

    [Fact]
    public async Task Too_many_that_wait_are_refused()
    {
        var budget = new ReadBudget(Options.Create(new LimitOptions { ReadsAtOnce = 1 }), _time);
        var hold = new TaskCompletionSource<int>();
        var reads = Enumerable.Range(0, 33).Select(_ => budget.TakeAsync("ann", () => hold.Task, n => n, Ct)).ToList();

        var refused = await Assert.ThrowsAsync<ChatException>(() =>
            budget.TakeAsync("ann", () => hold.Task, n => n, Ct));

        Assert.Equal(ErrorCodes.RateLimited, refused.Code);
        hold.SetResult(1);
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task Large_reads_are_paid_for_by_waiting_and_nobody_else_waits()
    {
        var budget = new ReadBudget(Options.Create(new LimitOptions { ReadRate = 10, ReadBurst = 20 }), _time);
        await budget.TakeAsync("ann", () => Task.FromResult(30), n => n, Ct);

        var next = budget.TakeAsync("ann", () => Task.FromResult(1), n => n, Ct);
        await budget.TakeAsync("bob", () => Task.FromResult(1), n => n, Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(1, await next.WaitAsync(Soon, Ct));
    }

    [Fact]
    public async Task One_can_wait_until_former_reads_are_paid_for()
    {
        var budget = new ReadBudget(Options.Create(new LimitOptions { ReadRate = 10, ReadBurst = 20 }), _time);
        Assert.True(budget.RestAsync("ann", Ct).IsCompleted);
        await budget.TakeAsync("ann", () => Task.FromResult(30), n => n, Ct);

        var rest = budget.RestAsync("ann", Ct);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(rest.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        await rest.WaitAsync(Soon, Ct);
    }
}
