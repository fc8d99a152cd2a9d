using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.Http;

/// <summary><c>GET /api/server</c>: the facts that a client needs before anybody signs in.</summary>
public static class ServerEndpoint
{
    /// <summary>Binds the options of the server's name and colour.</summary>
    public static void AddServerInfo(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
    }

    public static void MapServerInfo(this IEndpointRouteBuilder routes) =>
        routes.MapGet(ServerInfo.Path, Describe).WithTags("Server").WithName("Server")
            .WithSummary("What this server is called, can do and allows");

    private static Ok<ServerInfo> Describe(
        HttpContext http, ClusterFeatures features, IOptions<ServerOptions> server, IOptions<LimitOptions> limits,
        IOptions<AccountOptions> accounts)
    {
        http.Response.Headers.CacheControl = "no-store"; // features come and go with the nodes
        var limit = limits.Value;
        return TypedResults.Ok(new ServerInfo(
            server.Value.Name, server.Value.Accent, ServerVersion.Text, features.Current,
            new ServerLimits(limit.BodyBytes, Limits.BatchMessages, limit.PageSize, limit.SendRate, limit.SendBurst),
            Registration: "open", accounts.Value.Guests, Providers: []));
    }
}
