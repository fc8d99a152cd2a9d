using System.Threading.Channels;
using Chat.Client.Transports;
using Chat.Contracts;

namespace Chat.Client;

public sealed partial class ChatConnection
{
    // A session that ends sooner than this has not shown that the next try may come at once.
    private static readonly TimeSpan SteadyLife = TimeSpan.FromSeconds(5);

    // A nudge ends a wait between two tries; two nudges are one.
    private readonly Channel<bool> _nudges =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private TransportKind? _forced;
    private volatile bool _forcedChanged;
    private volatile ChatException? _failure;

    /// <summary>Drops the connection and comes back at once; also ends a wait between two tries, and tries again after a failure for good.</summary>
    /// <param name="reason">For people; shown in <see cref="Status"/>.</param>
    public Task ReconnectAsync(string reason)
    {
        if (_gate.Current is { } session)
            session.End(Loss.Deliberate, reason);
        else
            _nudges.Writer.TryWrite(true);
        return Task.CompletedTask;
    }

    /// <summary>Uses only this transport from now on, or null for the best one that works; reconnects.</summary>
    public Task UseTransportAsync(TransportKind? transport)
    {
        lock (_startLock)
            _forced = transport;
        _forcedChanged = true;
        return ReconnectAsync(transport is { } kind ? $"Changing to {kind}." : "Choosing the transport.");
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await TryForEverAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped, as asked.
        }
        catch (Exception e)
        {
            ClientLog.LoopBroke(_log, e);
            Fail(new ChatException(ErrorCodes.Unavailable, $"The connection failed unexpectedly: {e.Message}", e), 0);
        }
    }

    private async Task TryForEverAsync(CancellationToken stop)
    {
        var memory = new TransportMemory(_options.TransportFile, _options.Server, _log);
        var connector = new Connector(_options, _feed);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), _options.MaxReconnectDelay);
        var policy = NewPolicy(memory);
        var reason = "Starting.";
        var tries = 0;
        while (true)
        {
            if (_forcedChanged)
                policy = NewPolicy(memory);
            tries++;
            Show(s => new(ConnectionState.Connecting, policy.Current, reason, tries, s.RoundTrip));
            var attempt = await connector.TryAsync(policy.Current, stop);
            var wait = false;
            switch (attempt)
            {
                case Attempt.Opened opened:
                    var begin = _options.TimeProvider.GetTimestamp();
                    var end = await LiveAsync(opened.Session, policy, memory, reason, stop);
                    (reason, tries, wait) = (end.Reason, 0, end.Loss != Loss.Deliberate);
                    if (_options.TimeProvider.GetElapsedTime(begin) >= SteadyLife)
                        backoff.Reset();
                    break;
                case Attempt.Failed failed:
                    (reason, wait) = (failed.Reason, !policy.StartFailed(failed.Why));
                    break;
                case Attempt.Again:
                    reason = attempt.Reason;
                    break;
                case Attempt.Refused refused:
                    Fail(refused.Refusal, tries);
                    await _nudges.Reader.ReadAsync(stop);
                    _failure = null;
                    _feed.Fail(null);
                    (connector, reason, tries) = (new Connector(_options, _feed), "Trying again, as asked.", 0);
                    break;
            }

            if (!wait)
                continue;
            var pause = backoff.Next();
            Show(s => new(ConnectionState.Connecting, policy.Current, reason, tries, s.RoundTrip));
            await PauseAsync(pause, stop);
        }
    }

    /// <summary>From the first Sync to the end of the session.</summary>
    private async Task<SessionEnd> LiveAsync(
        HubSession session, TransportPolicy policy, TransportMemory memory, string reason, CancellationToken stop)
    {
        policy.Connected(_options.TimeProvider.GetUtcNow());
        if (_forced is null)
            memory.Remember(policy.Current);
        using var stopping = stop.Register(() => session.End(Loss.Deliberate, "Stopped."));
        session.Measured += () => Show(s => s.State == ConnectionState.Connected ? s with { RoundTrip = session.RoundTrip } : s);
        Show(_ => new(ConnectionState.Connected, session.Transport, reason, 0, session.RoundTrip));
        _gate.Open(session);
        _started.TrySetResult();
        _ = Task.Run(() => FlushReadsAsync(session), CancellationToken.None);

        var better = ProbeUpAsync(session, policy);
        var end = await session.Ended;
        _gate.Close();
        // The next session may begin before this one has said goodbye to a server that may not be there any more.
        var closing = session.DisposeAsync().AsTask();
        if (stop.IsCancellationRequested)
            await closing;
        // The probe reads the policy until it is over.
        var found = await better;
        policy.Lost(end.Loss, _options.TimeProvider.GetUtcNow());
        if (found is { } kind)
            policy.MoveUp(kind);
        stop.ThrowIfCancellationRequested();
        return end;
    }

    /// <summary>Tries the better transports now and then; ends the session when one works, and says which.</summary>
    private async Task<TransportKind?> ProbeUpAsync(HubSession session, TransportPolicy policy)
    {
        try
        {
            while (policy.ProbeAfter is { } after)
            {
                // Not all clients of a proxy that was mended at the same moment.
                var spread = 0.9 + (0.2 * Random.Shared.NextDouble());
                await Task.Delay(after * spread, _options.TimeProvider, session.Over);
                foreach (var kind in policy.Better)
                {
                    var report = await TransportProbe.TryAsync(_options, kind, session.Over);
                    ClientLog.Probed(_log, kind, report.Detail);
                    if (!report.Works)
                        continue;
                    session.End(Loss.Deliberate, $"{kind} works again.");
                    return kind;
                }

                policy.ProbeFailed();
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }

        return null;
    }

    private TransportPolicy NewPolicy(TransportMemory memory)
    {
        lock (_startLock)
        {
            _forcedChanged = false;
            return new TransportPolicy(_forced, memory.Recall(), _options.ProbeInterval);
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        using var over = new CancellationTokenSource(pause, _options.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stop, over.Token);
        try
        {
            await _nudges.Reader.ReadAsync(any.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Nobody was in a hurry.
        }
    }

    /// <summary>Throws if the connection has failed for good: waiting would be in vain.</summary>
    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new ChatException(failure.Code, failure.Message, failure);
    }

    private void Fail(ChatException refusal, int tries)
    {
        Show(s => s with { State = ConnectionState.Failed, Reason = $"{refusal.Code}: {refusal.Message.ReplaceLineEndings(" ")}", Attempt = tries, Refusal = refusal });
        if (_started.TrySetException(refusal))
            _ = _started.Task.Exception;
        _failure = refusal;
        _outbox.Abandon(refusal);
        _feed.Fail(refusal);
    }
}
