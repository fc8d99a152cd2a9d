using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.Http;

/// <summary>Opens feeds of one room, each for one request. Thread-safe.</summary>
internal sealed class Feeds(
    NodeRelay relay, ChatRooms rooms, SignIns signIns, UserBounds bounds, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    /// <summary>A feed that rests until <see cref="Feed.ResumeAsync"/>. To be disposed of before the request ends.</summary>
    /// <exception cref="ChatException">The room is not for this user, or the number is not one.</exception>
    public async Task<Feed> OpenAsync(HttpContext http, FeedTransport transport, string roomId, long? after)
    {
        var expires = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        var session = relay.Open(transport, http.User.ToUser(), http.User.SignInId(), expires);
        try
        {
            // The web server's own limit (240 bytes a second) is too much for a reader that is only slow. The session
            // watches progress. A long poll is answered after its feed has ended, like any other call.
            if (transport is not PollTransport
                && http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            var following = await rooms.FollowAsync(session, roomId, after, http.RequestAborted);
            var place = bounds.Streams.Take(session.User.Id, () => transport.End(FeedEnd.Replaced));
            return new Feed(http, transport, session, following, place, signIns, lifetime, time);
        }
        catch
        {
            await session.CloseAsync();
            throw;
        }
    }
}

/// <summary>A request that follows a room: it lasts until client, membership, sign-in or node end it.</summary>
internal sealed class Feed : IAsyncDisposable
{
    /// <summary>How long a write that is under way may take to end by itself.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly HttpContext _http;
    private readonly FeedTransport _transport;
    private readonly OpenLimit.Place _place;
    private readonly SignIns _signIns;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _gone;
    private readonly CancellationTokenRegistration _stopping;
    private bool _disposed;

    public Feed(
        HttpContext http, FeedTransport transport, Session session, Following following, OpenLimit.Place place,
        SignIns signIns,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_http, _transport, Session, Following, _place, _signIns, _time) = (http, transport, session, following, place,
            signIns, time);
        _gone = http.RequestAborted.UnsafeRegister(static t => ((FeedTransport)t!).End(FeedEnd.Gone), transport);
        _stopping = lifetime.ApplicationStopping.UnsafeRegister(static t => ((FeedTransport)t!).End(FeedEnd.Stopping), transport);
    }

    public Session Session { get; }

    public Following Following { get; }

    /// <summary>Whether nothing will ever come after a number, since the membership has ended.</summary>
    public bool IsOver(long? after) => !Following.IsMember && (after is null || after >= Following.Head);

    /// <summary>Notes that the client has sent something.</summary>
    public void Heard()
    {
        Session.Touch();
        _place.Heard();
    }

    /// <summary>Lets delivery begin.</summary>
    public async Task ResumeAsync()
    {
        Session.Resume();
        // It may have ended after the request was let in and before the session was there to be ended.
        if (!await _signIns.IsLiveAsync(Session.SignInId, Session.User.Id, CancellationToken.None))
            Session.SignOut();
    }

    /// <summary>Ends delivery; from then on nothing is written any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _place.Dispose();
        await _gone.DisposeAsync();
        await _stopping.DisposeAsync();
        _transport.End(FeedEnd.Done);
        var closed = Session.CloseAsync();
        // A client that takes nothing would hold the write, and this, for ever.
        if (!closed.IsCompleted && await Task.WhenAny(closed, Task.Delay(s_grace, _time)) != closed)
            _http.Abort();
        await closed;
    }
}
