namespace Chat.Bench.Log;

/// <summary>Something that stores messages durably. Disposing it ends it; its files stay.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>Lets all senders send for a while, each as soon as it has its acknowledgement.</summary>
    Task<Measurement> RunAsync(LogRun run, TimeSpan duration, CancellationToken cancellation);

    /// <summary>What it has committed in its life. Ends it first if it cannot say before.</summary>
    Task<Commits> CommitsAsync();
}

/// <summary>A store that the senders are outside of.</summary>
internal interface IWriter : IStore
{
    /// <summary>Sends one call's messages for one of the senders; completes when they are acknowledged, and throws if they are not.</summary>
    /// <param name="sender">Which.</param>
    /// <param name="call">The sender's how manieth.</param>
    /// <param name="cancellation">Gives up.</param>
    Task SendAsync(int sender, int call, CancellationToken cancellation);

    /// <summary>Processor time that its process has used: tells what a call costs also where other programs take their share.</summary>
    TimeSpan ProcessorTime { get; }

    Task<Measurement> IStore.RunAsync(LogRun run, TimeSpan duration, CancellationToken cancellation) =>
        Load.RunAsync(this, run.Senders, run.PerCall, duration, cancellation);
}

/// <summary>Transactions committed, and the writes in them: one write is one call.</summary>
internal readonly record struct Commits(long Transactions, long Writes)
{
    /// <summary>
    /// Of these, those in which <paramref name="calls"/> calls were committed. The other writes, before the load, came one after another:
    /// each was a transaction.
    /// </summary>
    public Commits Of(long calls) => new(Transactions - (Writes - calls), calls);
}
