namespace Chat.Tests.Support;

/// <summary>The signals that tests send to processes.</summary>
public sealed class SignalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_frozen_process_no_thread_runs_once_the_call_has_returned()
    {
        await using var redis = await RedisProcess.RunAsync(Ct);
        Assert.True(States(redis.Id).Length > 1, "it has several threads");
        for (var round = 0; round < 20; round++)
        {
            redis.Freeze();
            Assert.All(States(redis.Id), state => Assert.Equal("T", state));

            redis.Thaw();
            await Eventually.TrueAsync(() => !States(redis.Id).Contains("T"), TimeSpan.FromSeconds(20), Ct);
        }
    }

    /// <summary>The states of a process's threads, as the kernel tells them.</summary>
    private static string[] States(int pid) =>
        [.. Directory.GetDirectories($"/proc/{pid}/task").Select(thread =>
            File.ReadLines(Path.Combine(thread, "status")).Single(l => l.StartsWith("State:", StringComparison.Ordinal))
                .Split('\t', ' ')[1])];
}
