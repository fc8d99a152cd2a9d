using Chat.Client.Syncing;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Client.Transports;

/// <summary>What became of one try to connect.</summary>
internal abstract record Attempt(string Reason)
{
    /// <summary>The transport works and the first Sync is applied.</summary>
    public sealed record Opened(HubSession Session, TimeSpan Start) : Attempt("Connected.");

    /// <summary>Not now, or not over this transport.</summary>
    public sealed record Failed(StartFailure Why, string Reason) : Attempt(Reason);

    /// <summary>The token was refused, and there is a new one: try at once.</summary>
    public sealed record Again(string Reason) : Attempt(Reason);

    /// <summary>No further try will fare better.</summary>
    public sealed record Refused(ChatException Refusal) : Attempt(Refusal.Message);
}

/// <summary>Tries to connect, and judges why it did not work. One try at a time.</summary>
internal sealed class Connector(ChatOptions options, RoomFeed? feed)
{
    private const int MostPatience = 5;

    // Nodes may disagree for a while, by their clocks or keys; who gives out new tokens means that they are good.
    private const int MostRefreshes = 5;

    private string? _freshToken;
    private int _refreshes;
    private int _timeouts;

    /// <summary>Opens a transport and calls Sync, within the start timeout. Throws only when cancelled.</summary>
    public async Task<Attempt> TryAsync(TransportKind kind, CancellationToken ct)
    {
        // A link slower than the timeout would never connect: after each round of three timeouts there is more patience.
        var patience = options.StartTimeout * Math.Min(MostPatience, 1 + (_timeouts / 3));
        var session = new HubSession(options, kind, TokenAsync, feed);
        using var late = new CancellationTokenSource(patience, options.TimeProvider);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var begin = options.TimeProvider.GetTimestamp();
        try
        {
            await session.StartAsync(any.Token);
            var start = options.TimeProvider.GetElapsedTime(begin);
            await session.SyncAsync(any.Token);
            (_timeouts, _refreshes, _freshToken) = (0, 0, null);
            return new Attempt.Opened(session, start);
        }
        catch (Exception e)
        {
            var reason = session.Ended.IsCompletedSuccessfully ? (await session.Ended).Reason : Refusal.Reason(e);
            _ = session.DisposeAsync().AsTask();
            ct.ThrowIfCancellationRequested();
            if (!late.IsCancellationRequested)
                return await JudgeAsync(e, kind, session.Negotiated, reason, ct);
            _timeouts++;
            return session.Negotiated
                ? new Attempt.Failed(StartFailure.Transport, $"{kind}: no answer within {patience.TotalSeconds:0.#} s.")
                : new Attempt.Failed(StartFailure.Unreachable, $"The server did not answer within {patience.TotalSeconds:0.#} s.");
        }
    }

    private async Task<Attempt> JudgeAsync(Exception e, TransportKind kind, bool negotiated, string reason, CancellationToken ct)
    {
        if (Refusal.OfStart(e) is { } refusal)
        {
            if (refusal.Code == ErrorCodes.Unauthenticated)
                return await RefreshAsync(refusal, ct);
            if (refusal.Code is CertificateTrust.ErrorCode or ServerAnswers.RedirectedCode)
                return new Attempt.Refused(refusal);
            if (refusal.MayRetry && !(negotiated && IsHttp(refusal)))
                return new Attempt.Failed(StartFailure.Unreachable, refusal.Message);
            // After the negotiation an HTTP error is as a rule a proxy's: it dislikes this transport, not us.
            if (!(negotiated && IsHttp(refusal)))
                return new Attempt.Refused(refusal);
        }

        return !negotiated || Refusal.IsUnreachable(e)
            ? new Attempt.Failed(StartFailure.Unreachable, reason)
            : new Attempt.Failed(StartFailure.Transport, $"{kind}: {reason}");
    }

    private async Task<Attempt> RefreshAsync(ChatException refusal, CancellationToken ct)
    {
        if (_refreshes >= (options.RefreshAccessToken is null ? 1 : MostRefreshes))
            return new Attempt.Refused(refusal);
        try
        {
            _freshToken = await (options.RefreshAccessToken ?? options.AccessToken)(ct);
            return _refreshes++ == 0
                ? new Attempt.Again("The access token was refused; trying again with a new one.")
                : new Attempt.Failed(StartFailure.Unreachable, "A new access token was refused as well.");
        }
        catch (ChatException e)
        {
            return e.MayRetry ? new Attempt.Failed(StartFailure.Unreachable, e.Message) : new Attempt.Refused(e);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return new Attempt.Failed(StartFailure.Unreachable, $"No access token: {Refusal.Reason(e)}");
        }
    }

    private ValueTask<string?> TokenAsync(CancellationToken ct) =>
        _freshToken is { } fresh ? ValueTask.FromResult<string?>(fresh) : options.AccessToken(ct);

    private static bool IsHttp(ChatException refusal) => refusal.InnerException is not (null or HubException);
}
