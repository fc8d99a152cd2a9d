using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Chat.Tests.Cluster;

/// <summary>Notes what comes to the hub of a node in the test's process.</summary>
internal sealed class HubRequests : IStartupFilter
{
    private readonly ConcurrentQueue<string> _begun = new();

    /// <summary>The queries, as the requests came.</summary>
    public IEnumerable<string> Begun => _begun;

    /// <summary>The client's address, scheme, host and a header of the last request that was answered, as far as the node knew then.</summary>
    public (string Address, string Scheme, string Host, string Header)? Last { get; set; }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            var request = context.Request;
            if (request.Path.StartsWithSegments("/hubs"))
            {
                _begun.Enqueue($"{request.QueryString}");
                context.Response.OnStarting(() =>
                {
                    Last = ($"{context.Connection.RemoteIpAddress?.MapToIPv4()}", request.Scheme, $"{request.Host}", $"{request.Headers["X-Custom"]}");
                    return Task.CompletedTask;
                });
            }
            return rest(context);
        });
        next(app);
    };
}
