namespace Chat.Server.Hosting;

/// <summary>What every answer says to a browser, so that nothing we send is taken for something else or read by a foreign page.</summary>
public static class SafeHeaders
{
    /// <summary>
    /// Goes before whatever may replace an answer with a refusal, so that the refusal has them too. The page's files go
    /// past it and have headers of their own (<c>PageSetup</c>).
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

    /// <summary>Answers are for one person and one moment, and no pages: what does not say otherwise is neither kept
    /// nor shown in a foreign frame.</summary>
    private static void AddOfTheApi(IHeaderDictionary headers)
    {
        Add(headers);
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'self'";
    }
}
