using Chat.Contracts;
using Chat.Server.Relay;
using Microsoft.AspNetCore.SignalR;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.SignalR;

/// <summary>Turns what a method throws into the contract's <c>code: text</c>, and notes that the client is active.</summary>
internal sealed class Refusals(ILogger<ChatHub> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            invocationContext.Context.Features.Get<Session>()?.Touch();
            return await next(invocationContext);
        }
        catch (ChatException e)
        {
            throw new HubException(e.ToString());
        }
        catch (Exception e) when (e is not HubException)
        {
            if (!invocationContext.Context.ConnectionAborted.IsCancellationRequested)
                logger.MethodFailed(invocationContext.HubMethodName, e);
            throw new HubException($"{ErrorCodes.Unavailable}: a fault of the server");
        }
    }
}
