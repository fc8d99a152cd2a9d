using Chat.Server.Hosting;

namespace Chat.Server.Log;

/// <summary>
/// Bounds reads that run at the same time, and shares them fairly: one person reads once at a time, and a long read
/// lets others go between its parts. Thread-safe.
/// </summary>
internal sealed class ReadTurns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _all = new(atOnce);
    private readonly KeyedLock _people = new();

    /// <summary>
    /// Runs <paramref name="read"/> when it is its turn. <paramref name="person"/> is on whose behalf it reads; null
    /// for the server itself.
    /// </summary>
    public async Task<T> RunAsync<T>(string? person, Func<Turn, Task<T>> read, CancellationToken cancellation)
    {
        using var own = person is null ? null : await _people.TakeAsync(person, cancellation);
        await using var turn = new Turn(_all);
        await turn.TakeAsync(cancellation);
        return await read(turn);
    }

    public void Dispose() => _all.Dispose();

    /// <summary>One read's place among those that run.</summary>
    internal sealed class Turn(SemaphoreSlim all) : IAsyncDisposable
    {
        private bool _taken;

        public async Task TakeAsync(CancellationToken cancellation)
        {
            await all.WaitAsync(cancellation);
            _taken = true;
        }

        /// <summary>Lets the reads that have waited so far go first.</summary>
        public async Task PassAsync(CancellationToken cancellation)
        {
            Release();
            await TakeAsync(cancellation);
        }

        public ValueTask DisposeAsync()
        {
            Release();
            return ValueTask.CompletedTask;
        }

        private void Release()
        {
            if (!_taken)
                return;
            _taken = false;
            all.Release();
        }
    }
}
