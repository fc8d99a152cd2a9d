namespace Chat.Server.Hosting;

/// <summary>
/// Lets calls with the same key through one after the other, and calls with different keys at the same time. A key
/// takes memory only while a call is there. Thread-safe.
/// </summary>
internal sealed class KeyedLock
{
    private readonly Dictionary<string, Turn> _turns = [];

    /// <summary>Waits for the key's turn; it lasts until the result is disposed.</summary>
    public async Task<IDisposable> TakeAsync(string key, CancellationToken cancellation)
    {
        Turn? turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out turn))
                _turns[key] = turn = new Turn(this, key);
            turn.Calls++;
        }
        try
        {
            await turn.Gate.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Leave(turn);
            throw;
        }
        return turn;
    }

    private void Leave(Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Calls > 0)
                return;
            _turns.Remove(turn.Key);
            turn.Gate.Dispose();
        }
    }

    private sealed class Turn(KeyedLock all, string key) : IDisposable
    {
        public string Key { get; } = key;

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>Calls that wait, and the one whose turn it is.</summary>
        public int Calls { get; set; }

        /// <summary>The next call's turn begins.</summary>
        public void Dispose()
        {
            Gate.Release();
            all.Leave(this);
        }
    }
}
