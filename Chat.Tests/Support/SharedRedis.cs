[assembly: AssemblyFixture(typeof(Chat.Tests.Support.SharedRedis))]

namespace Chat.Tests.Support;

/// <summary>
/// One Redis for all tests that do not hurt it, started when the first of them asks for it. Who kills or freezes it has a <see cref="RedisProcess"/> of
/// their own. Thread-safe.
/// </summary>
public sealed class SharedRedis : IAsyncDisposable
{
    private readonly Lazy<Task<RedisProcess>> _process = new(() => RedisProcess.RunAsync(CancellationToken.None));

    /// <summary>How to connect to it, with channels of the asker's own.</summary>
    public async Task<string> NewClusterAsync(CancellationToken ct) =>
        $"{(await _process.Value.WaitAsync(ct)).Address},channelPrefix={Guid.NewGuid():N}:";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
            await (await _process.Value).DisposeAsync();
    }
}
