using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Chat.Server.Lab;

/// <summary>The transport lab: the page <c>/lab</c> can show what goes over the wire for the requests that it makes. Nothing of it where it is off.</summary>
public static class LabSetup
{
    /// <summary>Lets connections be watched.</summary>
    public static void AddLab(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LabOptions>().BindConfiguration(LabOptions.Section).ValidateOnStart();
        if (!LabOptions.IsEnabled(builder.Configuration))
            return;
        builder.Services.AddSingleton<Taps>();
        builder.Services.AddSingleton<SealRates>();
        // Kestrel asks the factory that was added last.
        builder.Services.AddSingleton<IConnectionListenerFactory>(
            services => new WatchedTransport(ActivatorUtilities.CreateInstance<SocketTransportFactory>(services)));
    }

    /// <summary>Before requests are passed on to other nodes: it is this node's connection that is watched.</summary>
    public static void UseLab(this WebApplication app)
    {
        if (LabOptions.IsEnabled(app.Configuration))
            app.Use((context, next) => context.Features.Get<WatchedConnection>() is { HasHead: true } connection ? WatchAsync(context, connection, next) : next(context));
    }

    /// <summary>Maps what the page asks for.</summary>
    public static void MapLab(this WebApplication app)
    {
        if (LabOptions.IsEnabled(app.Configuration))
            app.MapLabEndpoints();
    }

    /// <summary>
    /// Only with a bearer token: the page's scripts cannot read the cookie, and shall not find a renewed one in an answer either. What another node has
    /// passed on was watched there.
    /// </summary>
    private static async Task WatchAsync(HttpContext context, WatchedConnection connection, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Query[RequestHead.Parameter] is [{ } id] && RequestHead.IsName(id) && !request.Headers.ContainsKey(NodePasses.Header)
            && await context.AuthenticateAsync(BearerTokenDefaults.AuthenticationScheme) is { Succeeded: true, Principal: { } who }
            && context.RequestServices.GetRequiredService<Taps>().ForRequest(who.ToUser().Id, id) is { } tap
            && connection.Begin(tap))
        {
            context.Response.OnCompleted(() =>
            {
                connection.End();
                return Task.CompletedTask;
            });
        }
        else
        {
            connection.Forget();
        }
        await next(context);
    }
}
