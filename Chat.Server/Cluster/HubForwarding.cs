using System.Net;
using Chat.Contracts;
using Yarp.ReverseProxy.Forwarder;

namespace Chat.Server.Cluster;

/// <summary>
/// Takes a connection's requests to the node that holds it, whichever node a balancer chose for each. Before authentication: the node that holds the
/// connection looks who it is. What is for a node that is gone is refused at once, as SignalR refuses a connection that it does not know, so that
/// the client starts anew.
/// </summary>
internal sealed class HubForwarding(
    RequestDelegate next, NodeRegistry nodes, NodePasses passes, NodeHttp http, IHttpForwarder forwarder,
    IHostApplicationLifetime lifetime, ClusterFeatures features, NodeHeartbeat heartbeat,
    ILogger<HubForwarding> logger)
{
    // As many seconds as a node that starts on a busy machine may need until it has reached itself.
    private const int BeatsToWait = 10;

    private static readonly ForwarderRequestConfig s_config = new()
    {
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        // Polls are answered within 30 s, streams are never silent for longer than that.
        ActivityTimeout = TimeSpan.FromMinutes(3),
    };

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Wire.HubPath, out var rest) ? RouteAsync(context, rest) : next(context);

    private async Task RouteAsync(HttpContext context, PathString rest)
    {
        var request = context.Request;
        HubToken.Unwrap(request);
        var negotiates = HttpMethods.IsPost(request.Method) && rest.Equals("/negotiate", StringComparison.OrdinalIgnoreCase) && request.Host.HasValue;
        var asked = request.Query[HubRedirect.Node];
        var mine = asked == nodes.Id;
        var pass = passes.Take(request);
        if (pass is not null)
        {
            mine = pass.Node == nodes.Id; // if not, it was sent where another node was: it goes no further
            (request.Scheme, context.Connection.RemoteIpAddress) = (pass.Scheme, pass.Address);
        }
        else if (!mine && asked is [{ } id] && await nodes.FindAsync(id, context.RequestAborted) is { } node && await ForwardAsync(context, node))
        {
            return;
        }

        if (negotiates && !(mine && nodes.TakesConnections))
            await BeginAsync(context, await NodeAsync(context.RequestAborted), isPassedOn: pass is not null);
        else if (mine || (asked.Count == 0 && pass is null)) // without a negotiation a connection lives where it arrives
            await next(context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>
    /// The node on which a new connection is to begin. A redirect to one that does not take it would only come back.
    /// </summary>
    private async ValueTask<string> NodeAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation, lifetime.ApplicationStopping);
        for (var beats = 0; ; beats++)
        {
            if (nodes.ForNewConnection() is { } node)
                return node;
            if (beats == BeatsToWait || over.IsCancellationRequested)
                throw NoNode();
            await heartbeat.NextBeat.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static ChatException NoNode() => new(ErrorCodes.Unavailable, "no node takes new connections now");

    /// <summary>
    /// Lets a connection begin on a node: by a redirect if that node's address is known for certain, otherwise by a
    /// token that names the node.
    /// </summary>
    private Task BeginAsync(HttpContext context, string node, bool isPassedOn) =>
        isPassedOn || HubRedirect.IsSafe(context.Request) || !features.Has(ClusterFeatures.NodeInToken)
            ? HubRedirect.AnswerAsync(context, node)
            : HubToken.WrapAsync(context, node, async () =>
            {
                if (node == nodes.Id && nodes.TakesConnections)
                    await next(context);
                else if (await nodes.FindAsync(node, context.RequestAborted) is not { } other
                    || !await ForwardAsync(context, other))
                    throw NoNode();
            });

    /// <summary>False if nothing was answered, because the node is not there.</summary>
    private async Task<bool> ForwardAsync(HttpContext context, Node node)
    {
        var request = context.Request;
        var lasts = HttpMethods.IsGet(request.Method) || HttpMethods.IsConnect(request.Method);
        if (lasts && lifetime.ApplicationStopping.IsCancellationRequested)
            return IsPoll(request) ? true : throw new ChatException(ErrorCodes.Unavailable, "this node is stopping");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(node.Gone, lasts ? lifetime.ApplicationStopping : default);
        var error = await forwarder.SendAsync(context, node.Url, http.Invoker, s_config, new WithPass(passes.Write(node, context)), over.Token);
        if (error == ForwarderError.None)
            return true;
        logger.ForwardEnded(request.Method, request.Path, node.Id, error);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return true;
        context.Response.Clear();
        return lasts && !node.Gone.IsCancellationRequested && lifetime.ApplicationStopping.IsCancellationRequested && IsPoll(request);
    }

    /// <summary>To its client an empty answer is a poll that brought nothing: it asks again, and another node passes that on.</summary>
    private static bool IsPoll(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Upgrade.Count == 0 && !request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private sealed class WithPass(string pass) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Add(NodePasses.Header, pass);
        }
    }
}
