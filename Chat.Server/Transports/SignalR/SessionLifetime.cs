using Chat.Server.Accounts;
using Chat.Server.Relay;
using Microsoft.AspNetCore.SignalR;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// Where SignalR says that a connection came or went: each gets a session. Its groups and broadcasts stay unused; see docs/decisions.md.
/// </summary>
internal sealed class SessionLifetime : DefaultHubLifetimeManager<ChatHub>
{
    private readonly NodeRelay _relay;
    private readonly SignIns _signIns;

    public SessionLifetime(NodeRelay relay, SignIns signIns, ILogger<DefaultHubLifetimeManager<ChatHub>> logger) : base(logger)
    {
        (_relay, _signIns) = (relay, signIns);
        signIns.Ended += relay.EndSignIn;
        relay.EndedSignIns = signIns.EndedAsync;
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        var session = _relay.Open(new SignalRTransport(connection), connection.User.ToUser(), connection.User.SignInId());
        connection.Features.Set(session);
        if (connection.Features.Get<GuardedInput>() is { } guard)
            guard.Abort = connection.Abort;
        await base.OnConnectedAsync(connection);
        // It may have ended after the request was let in and before the session was there to be ended.
        if (!await _signIns.IsLiveAsync(session.SignInId, session.User.Id, CancellationToken.None))
            session.SignOut();
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        connection.Features.Get<Session>()?.Close();
        await base.OnDisconnectedAsync(connection);
    }
}
