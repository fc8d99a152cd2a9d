namespace Chat.Server.Accounts;

/// <summary>
/// Lets requests from one place through one after the other, and those from different places at the same time. A place
/// takes memory only while a request is there. Thread-safe.
/// </summary>
internal sealed class PlaceTurns
{
    private readonly Dictionary<string, Turn> _turns = [];

    /// <summary>Waits for the place's turn; it lasts until the result is disposed.</summary>
    public async Task<IDisposable> TakeAsync(string place, CancellationToken cancellation)
    {
        Turn? turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(place, out turn)) _turns[place] = turn = new Turn(this, place);
            turn.Requests++;
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
            if (--turn.Requests > 0) return;
            _turns.Remove(turn.Place);
            turn.Gate.Dispose();
        }
    }

    private sealed class Turn(PlaceTurns all, string place) : IDisposable
    {
        public string Place { get; } = place;

        public SemaphoreSlim Gate { get; } = new(1);

        public int Requests { get; set; }

        /// <summary>The next request's turn begins.</summary>
        public void Dispose()
        {
            Gate.Release();
            all.Leave(this);
        }
    }
}
