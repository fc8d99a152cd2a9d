namespace Chat.Server.Hosting;

/// <summary>
/// <c>HEAD</c> works wherever <c>GET</c> does below <c>/api</c>, also at addresses that are added later: the request is
/// answered as a <c>GET</c>, and the web server, which still knows what came, sends no body.
/// </summary>
internal static class HeadRequests
{
    private static readonly PathString[] s_paths = ["/api", "/openapi"];
    private static readonly object s_mark = new();

    public static void AddHeadRequests(this IServiceCollection services) =>
        services.AddSingleton<IStartupFilter, HeadFirst>();

    /// <summary>Whether the client wants the head of the answer only: nothing may wait, follow or be kept for its
    /// sake.</summary>
    public static bool IsHead(this HttpContext context) =>
        HttpMethods.IsHead(context.Request.Method) || context.Items.ContainsKey(s_mark);

    /// <summary>Before routing, which would answer 405.</summary>
    private sealed class HeadFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                var request = context.Request;
                if (HttpMethods.IsHead(request.Method)
                    && Array.Exists(s_paths, path => request.Path.StartsWithSegments(path)))
                {
                    request.Method = HttpMethods.Get;
                    context.Items[s_mark] = s_mark;
                }
                return rest(context);
            });
            next(app);
        };
    }
}
