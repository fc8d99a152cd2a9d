namespace Chat.Client.Transports;

/// <summary>The session in use, and the wait for one. Thread-safe.</summary>
internal sealed class SessionGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<HubSession> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile HubSession? _current;

    /// <summary>The session in use; null while there is none.</summary>
    public HubSession? Current => _current is { Ended.IsCompleted: false } session ? session : null;

    /// <summary>From now on this one.</summary>
    public void Open(HubSession session)
    {
        lock (_lock)
        {
            _current = session;
            _next.TrySetResult(session);
        }
    }

    /// <summary>None any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_current is null)
                return;
            _current = null;
            _next = new TaskCompletionSource<HubSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The session in use, as soon as there is one.</summary>
    public async Task<HubSession> WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            HubSession session;
            Task<HubSession> next;
            lock (_lock)
                next = _next.Task;
            session = await next.WaitAsync(ct);
            if (!session.Ended.IsCompleted)
                return session;
            // It has ended, but its successor is not on its way yet.
            Forget(session);
        }
    }

    private void Forget(HubSession ended)
    {
        lock (_lock)
            if (_current == ended)
                Close();
    }
}
