using System.Text;
using Chat.Contracts;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Hosting;

/// <summary>
/// Checks every request to the API before an endpoint binds it, because the framework would fail, or guess.
/// </summary>
internal static class RequestRules
{
    /// <summary>Call this after the handler of exceptions.</summary>
    public static void UseRequestRules(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments("/api"))
            return next(context);
        if (request.ContentType is { Length: > 0 } type && !HasKnownCharset(type))
            return Problems.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, ErrorCodes.Invalid,
                Problems.JsonNeeded);
        // The framework would join both values with a comma. The lab's endpoints take a number for each node.
        if (!request.Path.StartsWithSegments("/api/lab")
            && request.Query.FirstOrDefault(value => value.Value.Count > 1) is { Key: { } twice })
            return context.RequestServices.GetRequiredService<RefusedCalls>().AnswerAsync(context, new ChatException(
                ErrorCodes.Invalid, $"{(twice.Length > 64 ? "query" : twice)}: given more than once"));
        return next(context);
    });

    private static bool HasKnownCharset(string contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.Charset.HasValue)
            return true; // no charset to judge; whoever reads the body judges the rest
        try
        {
            Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(type.Charset).ToString());
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
