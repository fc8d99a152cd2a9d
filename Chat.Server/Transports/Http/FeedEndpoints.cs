using System.Globalization;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.Http;

/// <summary>The feed of one room for clients without SignalR: short and long polling, Server-Sent Events, an iframe's page, a bare WebSocket.</summary>
internal static class FeedEndpoints
{
    /// <summary>Longest long poll, in seconds.</summary>
    private const int MaxWait = 60;

    public static void AddFeeds(this WebApplicationBuilder builder) => builder.Services.AddSingleton<Feeds>();

    public static void MapFeeds(this WebApplication app)
    {
        var events = app.MapGroup("/api/rooms/{id}/events").RequireAuthorization()
            .AddEndpointFilter<RouteGroupBuilder, AnswerLimit>()
            .WithMetadata(new EndlessAnswer()).WithTags("Feeds");
        events.MapGet("", PollAsync).WithName("Events").Produces<EventPage>();
        events.MapGet("/stream", StreamAsync).WithName("EventStream").Produces<string>(contentType: "text/event-stream").Produces(StatusCodes.Status204NoContent);
        events.MapGet("/frame", FrameAsync).WithName("EventFrame").Produces<string>(contentType: "text/html");
        // CONNECT is how a WebSocket opens over HTTP/2 (RFC 8441).
        events.MapMethods("/socket", [HttpMethods.Get, HttpMethods.Connect], SocketEndpoint.HandleAsync).WithName("EventSocket")
            .Produces(StatusCodes.Status101SwitchingProtocols).Produces(StatusCodes.Status426UpgradeRequired);
    }

    /// <summary>A page of events at once; or, where there is none yet and <paramref name="wait"/> says so, as soon as there is.</summary>
    private static async Task<IResult> PollAsync(
        HttpContext http, ChatRooms rooms, Feeds feeds, UnreadAnswers answers, TimeProvider time,
        IOptions<LimitOptions> limits,
        string id, long? before, long? after, int? limit, int? wait, string? generation, CancellationToken cancellation)
    {
        await rooms.RequireFitAsync(http.User.ToUser(), id, after, generation, cancellation);
        if (wait is < 0 or > MaxWait)
            throw Rules.Invalid("wait", $"seconds, 0 to {MaxWait}");
        var page = new PageRequest(before, after, limit);
        if (wait > 0 && after is { } cursor && !http.IsHead())
        {
            if (before is not null)
                throw Rules.Invalid("before", "not together with wait");
            Rules.Page(page, limits.Value.PageSize);
            if (await WaitAsync(http, feeds, time, id, cursor, limit, TimeSpan.FromSeconds(wait.Value)) is { } came)
            {
                await answers.TakeAsync(http);
                return came;
            }
        }
        await answers.TakeAsync(http);
        return TypedResults.Ok(await rooms.HistoryAsync(http.User.ToUser(), id, page, cancellation));
    }

    /// <summary>What came, or an empty page; null if there is something already, which is a page to be read.</summary>
    private static async Task<IResult?> WaitAsync(HttpContext http, Feeds feeds, TimeProvider time, string id, long after, int? limit, TimeSpan wait)
    {
        var transport = new PollTransport();
        await using var feed = await feeds.OpenAsync(http, transport, id, after);
        if (after < feed.Following.Head)
            return null;
        // Who has left waits, too, rather than ask again and again.
        if (feed.Following.IsMember)
            await feed.ResumeAsync();
        await using (time.CreateTimer(static t => ((PollTransport)t!).End(FeedEnd.Done), transport, wait, Timeout.InfiniteTimeSpan))
            await transport.Over;
        await feed.DisposeAsync();
        if (await transport.Over == FeedEnd.Replaced)
            throw new ChatException(ErrorCodes.RateLimited,
                "you have too many open feeds; this one was silent longest") { RetryAfter = TimeSpan.FromSeconds(10) };
        if (feed.Session.IsSignedOut)
            throw new ChatException(ErrorCodes.Unauthenticated, "the sign-in is over");
        return new EncodedPage([.. transport.Events.Take(limit ?? int.MaxValue)], feed.Following.Head);
    }

    /// <summary>Server-Sent Events, from where the client was.</summary>
    private static async Task StreamAsync(
        HttpContext http, Feeds feeds, ChatRooms rooms, string id, long? after, string? generation,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId)
    {
        var comesBack = !string.IsNullOrEmpty(lastEventId);
        if (comesBack)
        {
            after = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                ? last
                : throw Rules.Invalid("Last-Event-ID", "the number of an event");
        }
        // An EventSource comes back with the address of its first request, which has the generation of an older event.
        await rooms.RequireFitAsync(
            http.User.ToUser(), id, after, generation, http.RequestAborted, isOfEvent: !comesBack);
        if (!await FollowAsync(http, feeds, id, after, new EventStream()))
            http.Response.StatusCode = StatusCodes.Status204NoContent; // tells an EventSource not to come back
    }

    /// <summary>A page that never ends, for an iframe.</summary>
    private static async Task FrameAsync(HttpContext http, Feeds feeds, ChatRooms rooms, string id, long? after,
        string? callback, string? generation)
    {
        await rooms.RequireFitAsync(http.User.ToUser(), id, after, generation, http.RequestAborted);
        if (!await FollowAsync(http, feeds, id, after, new FramePage(callback)))
            throw new ChatException(ErrorCodes.Forbidden, "you are no longer a member of this room");
    }

    /// <summary>False: nothing was written, since nothing will ever come after this number.</summary>
    private static async Task<bool> FollowAsync(HttpContext http, Feeds feeds, string id, long? after, IStreamFormat format)
    {
        var transport = new StreamTransport(http, format);
        await using var feed = await feeds.OpenAsync(http, transport, id, after);
        if (feed.IsOver(after))
            return false;
        await transport.BeginAsync();
        if (http.IsHead())
            return true; // the head is all of it: nothing is followed
        await feed.ResumeAsync();
        await transport.Over;
        return true;
    }
}
