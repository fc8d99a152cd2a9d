using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chat.Server.Hosting;

/// <summary>
/// Every refusal over HTTP is a problem document (RFC 9457) with the contract's <c>code</c>, whatever the client accepts.
/// </summary>
public static partial class Problems
{
    /// <summary>Maps exceptions, and reads and writes JSON as the contract does.</summary>
    public static WebApplicationBuilder AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<BackgroundLoops>();
        builder.Services.AddSingleton<RefusedCalls>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RefusedCalls>());
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.ConfigureHttpJsonOptions(json => ChatJson.Configure(json.SerializerOptions));
        // Otherwise a broken body is answered with an empty 400, which cannot name the field.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        return builder;
    }

    /// <summary>Goes first, so that it sees what everything after it throws or leaves without a body.</summary>
    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(_ => { });
        var refusals = app.Services.GetRequiredService<RefusedCalls>();
        app.UseStatusCodePages(page =>
        {
            var status = page.HttpContext.Response.StatusCode;
            // A client that has gone (499) and a fault of the server are no refusals.
            if (status < StatusCodes.Status499ClientClosedRequest)
                refusals.Count(page.HttpContext, Code(status));
            return WriteAsync(page.HttpContext, status, Code(status),
                status == StatusCodes.Status415UnsupportedMediaType ? JsonNeeded : null);
        });
        app.UseRequestRules();
        return app;
    }

    /// <summary>Answers with a refusal.</summary>
    internal static Task WriteAsync(HttpContext context, ChatException refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        return WriteAsync(context, Status(refusal.Code), refusal.Code, refusal.Message);
    }

    /// <summary>Answers with a status and its code.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string code, string? detail = null)
    {
        var problem = new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code);
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(problem, ChatJson.Options, "application/problem+json", context.RequestAborted);
    }

    /// <summary>The status of a code.</summary>
    internal static int Status(string code) => code switch
    {
        ErrorCodes.Unauthenticated or ErrorCodes.SecondFactor => StatusCodes.Status401Unauthorized,
        ErrorCodes.Forbidden or ErrorCodes.QuotaExceeded or ErrorCodes.Closed => StatusCodes.Status403Forbidden,
        ErrorCodes.NotFound => StatusCodes.Status404NotFound,
        ErrorCodes.Invalid => StatusCodes.Status400BadRequest,
        ErrorCodes.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorCodes.KeyReused or ErrorCodes.NameTaken or ErrorCodes.Reset => StatusCodes.Status409Conflict,
        ErrorCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The code of a status that came without one.</summary>
    internal static string Code(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthenticated,
        StatusCodes.Status403Forbidden => ErrorCodes.Forbidden,
        StatusCodes.Status404NotFound => ErrorCodes.NotFound,
        StatusCodes.Status413PayloadTooLarge => ErrorCodes.TooLarge,
        StatusCodes.Status429TooManyRequests => ErrorCodes.RateLimited,
        // A fault without an explanation: a client that repeats the request meets it again.
        StatusCodes.Status500InternalServerError => ErrorCodes.Invalid,
        > 500 => ErrorCodes.Unavailable,
        _ => ErrorCodes.Invalid,
    };

    /// <summary><c>$.name</c> is where it went wrong; without a path the text is not JSON at all.</summary>
    internal static string Field(JsonException json) => json.Path is { Length: > 2 } path
        ? $"{path[2..]}: not a value of the expected type"
        : "body: not the expected JSON";

    /// <summary>The text for a body in another format.</summary>
    internal const string JsonNeeded = "Content-Type: application/json in UTF-8 is needed";

    private sealed record Problem(string Type, string Title, int Status, string? Detail, string Code);

    private sealed partial class ProblemHandler(RefusedCalls refusals, ILogger<ProblemHandler> logger)
        : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var request = httpContext.Request;
            switch (exception)
            {
                case ChatException refusal:
                    await refusals.AnswerAsync(httpContext, refusal);
                    break;
                // Only what binding throws: a JsonException from elsewhere is a fault of the server.
                case BadHttpRequestException { InnerException: JsonException json }:
                    await refusals.AnswerAsync(httpContext, new ChatException(ErrorCodes.Invalid, Field(json)));
                    break;
                case BadHttpRequestException bad when UnboundParameter().Match(bad.Message) is { Success: true } parameter:
                    await refusals.AnswerAsync(httpContext, new ChatException(ErrorCodes.Invalid,
                        $"{parameter.Groups[1].Value}: not a value of the expected type"));
                    break;
                case BadHttpRequestException bad:
                    refusals.Count(httpContext, Code(bad.StatusCode));
                    await WriteAsync(httpContext, bad.StatusCode, Code(bad.StatusCode), Reason(bad));
                    break;
                case var _ when DatabaseErrors.IsFrom(exception):
                    if (refusals.Shows("database", exception))
                        logger.DatabaseFailed(exception, request.Method, request.Path);
                    await WriteAsync(httpContext, new ChatException(ErrorCodes.Unavailable, "the server cannot store or read now"));
                    break;
                default:
                    if (refusals.Shows(Place(httpContext), exception))
                        logger.RequestFailed(exception, request.Method, request.Path);
                    const int fault = StatusCodes.Status500InternalServerError;
                    var told = Faults.OfRequest(request.Path, exception);
                    await WriteAsync(httpContext, told.MayRetry ? Status(told.Code) : fault, told.Code, told.Message);
                    break;
            }
            return true;
        }

        /// <summary>The endpoint, not the path: a client may invent as many paths as it likes.</summary>
        private static string Place(HttpContext http) =>
            http.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? http.Request.Method;

        /// <summary>
        /// These are the server's own words, because the framework's texts name its types and change with its versions.
        /// </summary>
        private static string Reason(BadHttpRequestException bad) => bad.StatusCode switch
        {
            StatusCodes.Status408RequestTimeout => "the request did not arrive in time",
            StatusCodes.Status413PayloadTooLarge => "body: larger than anything that this address takes",
            StatusCodes.Status415UnsupportedMediaType => JsonNeeded,
            _ when MissingParameter().Match(bad.Message) is { Success: true } parameter =>
                $"{parameter.Groups[1].Value}: missing",
            _ when MissingBody().IsMatch(bad.Message) => "body: missing",
            _ => "the request cannot be read",
        };

        /// <summary>
        /// The framework's text for a missing value of the query: <c>Required parameter "string q" was not provided
        /// from query string.</c>
        /// </summary>
        [GeneratedRegex("^Required parameter \"\\S+ (\\w+)\" was not provided from (?!body)")]
        private static partial Regex MissingParameter();

        /// <summary>The framework's text for an empty body, and for the JSON <c>null</c>.</summary>
        [GeneratedRegex("^(Implicit body inferred for parameter|Required parameter \".*\" was not provided from body)")]
        private static partial Regex MissingBody();

        /// <summary>What binding says of <c>after=x</c>: <c>Failed to bind parameter "Nullable&lt;long&gt; after" from "x".</c></summary>
        [GeneratedRegex("^Failed to bind parameter \"\\S+ (\\w+)\" from ")]
        private static partial Regex UnboundParameter();
    }
}
