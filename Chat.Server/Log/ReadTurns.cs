namespace Chat.Server.Log;

/// <summary>
/// Bounds reads that run at the same time, and shares them fairly: one person reads once at a time, and a long read
/// lets others go between its parts. Thread-safe.
/// </summary>
internal sealed class ReadTurns(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _all = new(atOnce);
    private readonly Dictionary<string, Person> _people = [];

    /// <summary>
    /// Runs <paramref name="read"/> when it is its turn. <paramref name="person"/> is on whose behalf it reads; null
    /// for the server itself.
    /// </summary>
    public async Task<T> RunAsync<T>(string? person, Func<Turn, Task<T>> read, CancellationToken cancellation)
    {
        var own = person is null ? null : Enter(person);
        try
        {
            if (own is not null)
                await own.One.WaitAsync(cancellation);
            try
            {
                await using var turn = new Turn(_all);
                await turn.TakeAsync(cancellation);
                return await read(turn);
            }
            finally
            {
                own?.One.Release();
            }
        }
        finally
        {
            if (own is not null)
                Leave(person!, own);
        }
    }

    public void Dispose() => _all.Dispose();

    private Person Enter(string id)
    {
        lock (_people)
        {
            if (!_people.TryGetValue(id, out var person))
                _people[id] = person = new Person();
            person.Readers++;
            return person;
        }
    }

    private void Leave(string id, Person person)
    {
        lock (_people)
        {
            if (--person.Readers > 0)
                return;
            _people.Remove(id);
            person.One.Dispose();
        }
    }

    private sealed class Person
    {
        public SemaphoreSlim One { get; } = new(1, 1);

        /// <summary>Reads that wait or run.</summary>
        public int Readers { get; set; }
    }

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
