namespace Chat.Client.Console.Interactive;

/// <summary>
/// Brings everything that is awaited back to one loop, so that a conversation needs no locks: on the screen the loop of
/// the user interface, line by line a loop of its own.
/// </summary>
/// <param name="post">Runs an action on the loop, later.</param>
public sealed class LoopContext(Action<Action> post) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => post(() =>
    {
        // Whoever owns the loop may have a context of its own; what follows must come back to this one.
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            d(state);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    });

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Post instead: waiting for the loop can deadlock.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
