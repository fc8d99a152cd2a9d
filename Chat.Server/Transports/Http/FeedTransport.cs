using Chat.Server.Relay;

namespace Chat.Server.Transports.Http;

/// <summary>Why a feed ends.</summary>
internal enum FeedEnd
{
    /// <summary>The client is gone.</summary>
    Gone,

    /// <summary>It has what it asked for.</summary>
    Done,

    /// <summary>The membership has ended, and everything up to there was written.</summary>
    Left,

    /// <summary>The session ended it: the sign-in is over, the client takes nothing, or something is broken.</summary>
    Aborted,

    /// <summary>Another feed of the same user took its place, because the user had the most that are allowed.</summary>
    Replaced,

    /// <summary>This node stops: another one goes on.</summary>
    Stopping,
}

/// <summary>A session's way to a client without SignalR, which follows one room. What ends it first, counts.</summary>
internal abstract class FeedTransport : ITransport
{
    private readonly TaskCompletionSource<FeedEnd> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when there is nothing more to wait for.</summary>
    public Task<FeedEnd> Over => _over.Task;

    public abstract ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events);

    public ValueTask<bool> WriteAsync(Notice notice)
    {
        switch (notice)
        {
            case Notice.Checkpoint:
                return BeatAsync();
            case Notice.RoomRemoved:
                End(FeedEnd.Left);
                return new(false);
            default:
                return new(!Over.IsCompleted);
        }
    }

    public void Abort() => End(FeedEnd.Aborted);

    /// <summary>Ends it, if it has not ended yet. Safe from any thread.</summary>
    public void End(FeedEnd why) => _over.TrySetResult(why);

    /// <summary>At least every 15 s: shows the client, and whatever lies between, that it is still there.</summary>
    protected virtual ValueTask<bool> BeatAsync() => new(!Over.IsCompleted);
}
