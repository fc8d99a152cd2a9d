namespace Chat.Server.Hosting;

/// <summary>
/// <c>HEAD</c> works wherever <c>GET</c> does below <c>/api</c>, also at addresses that are added later. The endpoints
/// answer the request as a <c>GET</c>; the web server still knows the method and sends no body.
/// </summary>
internal static class HeadRequests
{
    private static readonly PathString[] s_paths = ["/api", "/openapi"];
    private static readonly object s_mark = new();

    public static void AddHeadRequests(this IServiceCollection services) =>
        services.AddSingleton<IStartupFilter, HeadFirst>();

    /// <summary>
    /// Whether the client wants the head of the answer only, so that no endpoint may wait, follow a room or keep state
    /// for it.
    /// </summary>
    public static bool IsHead(this HttpContext context) =>
        HttpMethods.IsHead(context.Request.Method) || context.Items.ContainsKey(s_mark);

    /// <summary>This runs before routing, which would answer 405.</summary>
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
