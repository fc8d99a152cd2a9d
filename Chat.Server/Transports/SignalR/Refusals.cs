using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Microsoft.AspNetCore.SignalR;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.SignalR;

/// <summary>Turns what a method throws into the contract's <c>code: text</c>, and notes that the client is active.</summary>
internal sealed class Refusals(Rates rates, ILogger<ChatHub> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            invocationContext.Context.Features.Get<Session>()?.Touch();
            // Sending has a rate of its own.
            if (invocationContext.HubMethodName != nameof(IChatHub.Send))
                rates.Call(invocationContext.Context.User!.ToUser().Id);
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
            throw new HubException(Faults.OfHub(invocationContext.HubMethodName, e).ToString());
        }
    }
}
