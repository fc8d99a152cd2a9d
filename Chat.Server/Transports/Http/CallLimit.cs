using Chat.Server.Accounts;
using Chat.Server.Rooms;

namespace Chat.Server.Transports.Http;

/// <summary>Counts a call for its user before it is made.</summary>
internal sealed class CallLimit(Rates rates) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        rates.Call(context.HttpContext.User.ToUser().Id);
        return next(context);
    }
}
