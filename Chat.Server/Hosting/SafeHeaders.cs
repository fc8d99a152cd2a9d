namespace Chat.Server.Hosting;

/// <summary>What every answer says to a browser, so that nothing we send is taken for something else or read by a foreign page.</summary>
public static class SafeHeaders
{
    /// <summary>Goes before whatever may replace an answer with a refusal, so that the refusal has them too.</summary>
    public static WebApplication UseSafeHeaders(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static headers =>
            {
                Add((IHeaderDictionary)headers);
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
}
