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

    public SessionLifetime(NodeRelay relay, SignIns signIns, ILogger<DefaultHubLifetimeManager<ChatHub>> logger) : base(logger)
    {
        _relay = relay;
        signIns.Ended += relay.EndSignIn;
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        var session = _relay.Open(new SignalRTransport(connection), connection.User.ToUser(), connection.User.SignInId());
        connection.Features.Set(session);
        await base.OnConnectedAsync(connection);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        connection.Features.Get<Session>()?.Close();
        await base.OnDisconnectedAsync(connection);
    }
}
