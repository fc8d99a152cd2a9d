namespace Chat.Server.Hosting;

/// <summary>What every answer says to a browser, so that nothing we send is taken for something else or read by a foreign page.</summary>
public static class SafeHeaders
{
    /// <summary>
    /// Runs before everything that may replace an answer with a refusal, so that the refusal has the headers, too. The
    /// page's files bypass it and have headers of their own (<c>PageSetup</c>).
    /// </summary>
    public static WebApplication UseSafeHeaders(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static headers =>
            {
                AddOfTheApi((IHeaderDictionary)headers);
                return Task.CompletedTask;
            }, context.Response.Headers);
            return next(context);
        });
        return app;
    }

    /// <summary>Adds them to one answer.</summary>
    internal static void Add(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer"; // Who follows a link in a message does not tell where they read it.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>
    /// Answers are for one person and one moment, and are not pages. Unless an endpoint sets its own headers, no cache
    /// keeps them and no foreign frame shows them.
    /// </summary>
    private static void AddOfTheApi(IHeaderDictionary headers)
    {
        Add(headers);
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'self'";
    }
}
