using Chat.Contracts;
using Chat.Server.Relay;

namespace Chat.Server.Transports.Http;

/// <summary>A long poll: takes the first portion, and is done.</summary>
internal sealed class PollTransport : FeedTransport
{
    /// <summary>What came; to be read when the feed is closed.</summary>
    public IReadOnlyList<RelayedEvent> Events { get; private set; } = [];

    public override ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events)
    {
        Events = [.. events];
        End(FeedEnd.Done);
        return new(false);
    }
}

/// <summary>An <see cref="EventPage"/> made of encodings that are there already.</summary>
internal sealed class EncodedPage(IReadOnlyList<RelayedEvent> events, long head) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var page = new MemoryStream();
        page.Write("{\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
                page.WriteByte((byte)',');
            page.Write(EventText.Json(events[i]).Span);
        }
        page.Write(System.Text.Encoding.UTF8.GetBytes($"],\"head\":{head}}}"));
        var response = httpContext.Response;
        (response.ContentType, response.ContentLength) = ("application/json; charset=utf-8", page.Length);
        return response.Body.WriteAsync(page.GetBuffer(), 0, (int)page.Length, httpContext.RequestAborted);
    }
}
