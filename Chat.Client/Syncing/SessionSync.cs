using System.Threading.Channels;
using Chat.Client.Transports;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Syncing;

/// <summary>
/// Hears the pushes of one session in the order of the wire, counts them, and calls <c>Sync</c> again when something is missing:
/// a hole in a room's numbers, or a <c>Checkpoint</c> that counts more events than came.
/// <para>
/// All handlers run one after the other on the session's dispatch loop, the answer of Sync among them (see
/// <see cref="OrderedHubProtocol"/>), so the count needs no lock and is exact.
/// </para>
/// </summary>
internal sealed class SessionSync(HubSession session, RoomFeed feed, ChatOptions options, ILogger log)
{
    // One wish at a time: a second hole before the next Sync is mended by that same Sync.
    private readonly Channel<string> _wishes =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Backoff _pace = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(20));
    private long _received;
    private long _lastSign;
    private volatile TaskCompletionSource? _applied;

    /// <summary>Registers the handlers.</summary>
    public SessionSync Listen(HubConnection hub)
    {
        hub.On<SyncAnswer>(OrderedHubProtocol.Synced, OnSynced);
        hub.On<ChatEvent>(nameof(IChatClient.Event), OnEvent);
        hub.On<string, long, long>(nameof(IChatClient.Skipped), OnSkipped);
        hub.On<long>(nameof(IChatClient.Checkpoint), OnCheckpoint);
        hub.On<Room>(nameof(IChatClient.RoomUpdated), feed.RoomUpdated);
        hub.On<string>(nameof(IChatClient.RoomRemoved), feed.RoomRemoved);
        hub.On<Invitation>(nameof(IChatClient.Invited), feed.Invitations.Add);
        hub.On<string, string, long>(nameof(IChatClient.ReadMarker), feed.ReadMarker);
        hub.On<string, string>(nameof(IChatClient.Typing), feed.Typing);
        hub.On<IReadOnlyList<Presence>>(nameof(IChatClient.Presence), feed.Presence);
        return this;
    }

    /// <summary>The first Sync; returns when its answer is applied.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await SyncOnceAsync(ct);
        _ = Task.Run(RepairAsync, CancellationToken.None);
        _ = Task.Run(WatchAsync, CancellationToken.None);
    }

    private void OnSynced(SyncAnswer answer)
    {
        _received = 0;
        Sign();
        // Holes seen before this place in the stream are mended by what follows it.
        _wishes.Reader.TryRead(out _);
        var complete = feed.Synced(answer);
        Interlocked.Exchange(ref _applied, null)?.TrySetResult();
        if (!complete)
            Wish("rooms are new here");
    }

    private void OnEvent(ChatEvent e)
    {
        _received++;
        if (!feed.Accept(e))
            Wish("numbers are missing in a room");
    }

    private void OnSkipped(string roomId, long from, long to)
    {
        if (!feed.Skip(roomId, from, to))
            Wish("numbers are missing before a skipped range");
    }

    private void OnCheckpoint(long delivered)
    {
        Sign();
        if (delivered > _received)
            Wish("the server has sent more events than came");
    }

    private void Sign() => Volatile.Write(ref _lastSign, options.TimeProvider.GetTimestamp());

    // While a Sync is under way everything that is still missing belongs to the delivery that it replaces.
    private void Wish(string reason)
    {
        if (_applied is null)
            _wishes.Writer.TryWrite(reason);
    }

    private async Task SyncOnceAsync(CancellationToken ct)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _applied = applied;
        try
        {
            if (feed.NeedsFeatures)
                feed.Learn(await ServerFeatures.AskAsync(options, ct));
            await session.InvokeAsync<SyncAnswer>(nameof(IChatHub.Sync), [feed.Request()], ct);
            await applied.Task.WaitAsync(ct);
        }
        finally
        {
            Interlocked.CompareExchange(ref _applied, null, applied);
        }
    }

    private async Task RepairAsync()
    {
        var over = session.Over;
        var progress = feed.Progress;
        try
        {
            while (await _wishes.Reader.WaitToReadAsync(over))
            {
                // A lossy line is worth a Sync for each loss; one that brings nothing at all is asked less and less often.
                if (feed.Progress != progress)
                    _pace.Reset();
                progress = feed.Progress;
                await Task.Delay(_pace.Next(), options.TimeProvider, over);
                if (!_wishes.Reader.TryRead(out var reason))
                    continue;
                ClientLog.SyncAgain(log, reason);
                try
                {
                    await SyncOnceAsync(over);
                }
                catch (ChatException e) when (e.MayRetry)
                {
                    _wishes.Writer.TryWrite(reason);
                }
            }
        }
        catch (ChatException e)
        {
            session.End(Loss.Closed, $"The server refused to go on: {e.Message}");
        }
        catch (Exception e) when (e is OperationCanceledException or SessionLostException)
        {
            // The session is over; the next one begins with a Sync.
        }
    }

    private async Task WatchAsync()
    {
        var limit = 2 * Wire.CheckpointInterval;
        try
        {
            while (true)
            {
                var quiet = options.TimeProvider.GetElapsedTime(Volatile.Read(ref _lastSign));
                if (quiet >= limit)
                {
                    session.End(Loss.Silent, $"No checkpoint for {limit.TotalSeconds:0} s.");
                    return;
                }

                await Task.Delay(limit - quiet, options.TimeProvider, session.Over);
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }
}
