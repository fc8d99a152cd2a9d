using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.SignalR;
using Session = Chat.Server.Relay.Session;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// Turns a method's exception into the contract's <c>code: text</c>, notes that the client is active, and lets a call
/// wait until there is room for its answer.
/// </summary>
internal sealed class Refusals(Rates rates, UnreadAnswers answers, RefusedCalls refusals, ILogger<ChatHub> logger)
    : IHubFilter
{
    /// <summary>The answers of these methods are so small that the bound on connections bounds them, too.</summary>
    private static readonly HashSet<string> s_brief =
        [nameof(ChatHub.Send), nameof(ChatHub.Edit), nameof(ChatHub.Delete), nameof(ChatHub.React),
            nameof(ChatHub.MarkRead), nameof(ChatHub.Typing)];

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var context = invocationContext.Context;
        try
        {
            context.Features.Get<Session>()?.Touch();
            // Sending has a rate of its own.
            if (invocationContext.HubMethodName != nameof(IChatHub.Send))
                rates.Call(context.User!.ToUser().Id);
            if (s_brief.Contains(invocationContext.HubMethodName))
                return await next(invocationContext);
            // The hub gives the share back when the answer was written.
            var answer = await answers.TakeAsync(context.User!.ToUser().Id, () => End(context),
                context.ConnectionAborted);
            ((ChatHub)invocationContext.Hub).Answer = answer;
            var result = await next(invocationContext);
            await answer.FitAsync(result, context.ConnectionAborted);
            answer.Writing();
            return result;
        }
        catch (ChatException e)
        {
            context.Features.Get<GuardedInput>()?.Refused(e.Code);
            throw new HubException(e.ToString());
        }
        catch (Exception e) when (e is not HubException)
        {
            if (!context.ConnectionAborted.IsCancellationRequested
                && refusals.Shows(invocationContext.HubMethodName, e))
                logger.MethodFailed(invocationContext.HubMethodName, e);
            throw new HubException(Faults.OfHub(invocationContext.HubMethodName, e).ToString());
        }
    }

    /// <summary>
    /// This aborts the connection even during a write. It aborts the request, too, because an event stream would hold
    /// the bytes that it could not write.
    /// </summary>
    private static void End(HubCallerContext context)
    {
        context.Abort();
        context.GetHttpContext()?.Abort();
    }
}
