using Chat.Server.Accounts;
using Chat.Server.Transports.Bounds;

namespace Chat.Server.Transports.Http;

/// <summary>Lets a call wait until there is room for its answer.</summary>
internal sealed class AnswerLimit(UnreadAnswers answers) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<EndlessAnswer>() is not null)
            return await next(context);
        var answer = await answers.TakeAsync(http);
        var result = await next(context);
        await answer.FitAsync(result, http.RequestAborted);
        return result;
    }
}

/// <summary>Marks an endpoint whose answers may last: they count as streams, and not as unread answers.</summary>
internal sealed class EndlessAnswer;

/// <summary>Counts answers over HTTP as unread answers.</summary>
internal static class HttpAnswers
{
    /// <summary>
    /// Waits until there is room for the answer to this request, and keeps it until the answer was taken.
    /// </summary>
    public static async ValueTask<UnreadAnswer> TakeAsync(this UnreadAnswers answers, HttpContext http)
    {
        var answer = await answers.TakeAsync(http.User.ToUser().Id, http.Abort, http.RequestAborted);
        http.Response.RegisterForDispose(answer);
        http.Response.OnStarting(() =>
        {
            answer.Writing();
            return Task.CompletedTask;
        });
        return answer;
    }
}
