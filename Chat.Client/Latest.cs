using System.Runtime.CompilerServices;

namespace Chat.Client;

/// <summary>A value whose newest state matters and whose changes can be awaited. Thread-safe.</summary>
internal sealed class Latest<T>(T first)
{
    private readonly Lock _lock = new();
    private State _state = new(first);
    private bool _completed;

    public T Value => Volatile.Read(ref _state).Value;

    /// <summary>Computes the next value from the current one; nothing happens if it is the same, or after <see cref="Complete"/>.</summary>
    public bool Update(Func<T, T> change)
    {
        lock (_lock)
        {
            var next = change(_state.Value);
            if (_completed || EqualityComparer<T>.Default.Equals(next, _state.Value))
                return false;
            var old = _state;
            _state = new State(next);
            old.Replaced.SetResult();
            return true;
        }
    }

    /// <summary>No further changes: the readers end.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_completed)
                return;
            _completed = true;
            _state.Replaced.SetResult();
        }
    }

    /// <summary>The current value, then each later one; a slow reader sees the newest.</summary>
    public async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            yield return state.Value;
            await state.Replaced.Task.WaitAsync(ct);
            if (ReferenceEquals(state, Volatile.Read(ref _state)))
                yield break;
        }
    }

    private sealed class State(T value)
    {
        public T Value { get; } = value;

        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
