using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.SignalR;

/// <summary>Puts the hub into the server.</summary>
public static class SignalRSetup
{
    public static void AddSignalRTransport(this WebApplicationBuilder builder)
    {
        builder.Services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = Limits.HubMessageBytes;
                // A client that hears nothing for three of these may take the connection for dead.
                options.KeepAliveInterval = TimeSpan.FromSeconds(5);
                options.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
                options.AddFilter<Refusals>();
            })
            .AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions))
            .AddMessagePackProtocol();
        builder.Services.AddSingleton<Refusals>();
        builder.Services.AddSingleton<HubGuards>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HubGuards>());
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, QuietDispatcher>();
        builder.Services.AddSingleton<HubLifetimeManager<ChatHub>, SessionLifetime>();
        foreach (var protocol in builder.Services.Where(s => s.ServiceType == typeof(IHubProtocol)).ToList())
        {
            builder.Services.Remove(protocol);
            builder.Services.AddSingleton<IHubProtocol>(services =>
                new ContractProtocol((IHubProtocol)ActivatorUtilities.CreateInstance(services, protocol.ImplementationType!)));
        }
    }

    public static void MapSignalRTransport(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<RelayOptions>>().Value;
        var time = app.Services.GetRequiredService<TimeProvider>();
        var guards = app.Services.GetRequiredService<HubGuards>();
        var hub = new HttpConnectionDispatcherOptions
        {
            CloseOnAuthenticationExpiration = true,
            // SignalR sends everything that waits here as one piece of an event stream or as one poll: see
            // Session.FirstWriteBytes.
            TransportMaxBufferSize = 1024,
            // SignalR's own limit on one write is 10 s: too little for a reader that is only slow. The session watches progress.
            TransportSendTimeout = options.StallTimeout,
        };
        // Middleboxes cut what is silent for a minute.
        hub.LongPolling.PollTimeout = TimeSpan.FromSeconds(30);
        // As MapHub does it, with SocketOutput in between; attributes of the hub's class would be added here.
        app.MapConnections(Wire.HubPath, hub, connections => connections
                .Use((connection, next) => guards.GuardAsync(connection, next))
                .Use((connection, next) => AcceptedSocket.WriteDirectlyAsync(connection, next, options.StallTimeout, time))
                .UseHub<ChatHub>())
            .WithMetadata(new HubMetadata(typeof(ChatHub)), new CountedInside())
            .RequireAuthorization()
            .Add(Prepare);
    }

    /// <summary>What is done with each request before and after SignalR has it.</summary>
    private static void Prepare(EndpointBuilder endpoint)
    {
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            AcceptedSocket.Remember(context);
            context.Response.OnStarting(DoNotBuffer, context.Response);
            await inner(context);
            // SignalR itself refuses an id that is missing or unknown, and a method or transport that does not fit.
            if (context.Response.StatusCode is >= 400 and < StatusCodes.Status499ClientClosedRequest and var status)
                context.RequestServices.GetRequiredService<RefusedCalls>().Count(context, Problems.Code(status));
        };
    }

    /// <summary>Asks nginx, and whoever else heeds this header of its, to pass an event stream on as it comes.</summary>
    private static Task DoNotBuffer(object state)
    {
        var response = (HttpResponse)state;
        if (response.ContentType == "text/event-stream")
            response.Headers["X-Accel-Buffering"] = "no";
        return Task.CompletedTask;
    }
}
