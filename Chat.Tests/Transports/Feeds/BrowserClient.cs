using Chat.Tests.Page.Browser;
using Microsoft.Playwright;

namespace Chat.Tests.Transports.Feeds;

/// <summary>Chromium, in which a page of the server's origin follows a room, as docs/protocol.md shows it.</summary>
/// <param name="chromium">The browser.</param>
/// <param name="script">Follows: <c>(events, token, after, heard(seq), stop(why))</c>.</param>
public sealed class BrowserClient(Chromium chromium, string script) : FeedClient
{
    public const string EventSource = """
        const source = new EventSource(`${events}/stream?after=${after}&access_token=${token}`);
        for (const type of ['message', 'edit', 'delete', 'reaction', 'join', 'leave', 'room'])
            source.addEventListener(type, e => heard(JSON.parse(e.data).seq));
        source.onerror = () => source.readyState === 2 && stop('closed');
        """;

    public const string Frame = """
        let last = after;
        const url = () => `${events}/frame?after=${last}&callback=got&access_token=${token}`;
        window.got = e => e.seq === last + 1 && heard(last = e.seq);
        const frame = document.createElement('iframe');
        frame.hidden = true;
        frame.onload = () => {
            const page = frame.contentDocument;
            if (page === null || page.contentType === 'text/html') setTimeout(() => frame.src = url(), 50);
            else stop(page.contentType);
        };
        // Of a line that is cut the browser says nothing. Here something comes all the time, or soon again.
        let newest;
        setInterval(() => {
            const now = frame.contentDocument?.body?.lastChild;
            if (now === newest && frame.contentDocument?.readyState === 'loading') frame.src = url();
            newest = now;
        }, 1500);
        frame.src = url();
        document.body.append(frame);
        """;

    public const string Socket = """
        let last = after;
        const open = () => {
            const socket = new WebSocket(`${events.replace('http', 'ws')}/socket?after=${last}&access_token=${token}`, 'chat.v1');
            socket.onmessage = e => heard(last = JSON.parse(e.data).seq);
            socket.onclose = e => e.code < 4000 ? setTimeout(open, 50) : stop(`${e.code}`);
        };
        open();
        """;

    private IBrowserContext? _context;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_context is not null)
            await _context.CloseAsync();
    }

    private protected override async Task StartAsync(Uri events, string token)
    {
        _context = await chromium.NewContextAsync();
        var page = await _context.NewPageAsync();
        // A page of the same origin without a policy, as a proxy in front may have. The server's own pages and answers
        // forbid everything that they do not need.
        var blank = new Uri(events, "/blank");
        await page.RouteAsync($"{blank}", route =>
            route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<!DOCTYPE html>" }));
        await Eventually.TrueAsync(async () => await LoadsAsync(page, blank), TimeSpan.FromSeconds(60), Ct);
        await page.ExposeFunctionAsync<long, bool>("heard", seq =>
        {
            Heard(seq);
            return true;
        });
        await page.ExposeFunctionAsync<string, bool>("stop", why =>
        {
            Stop(why);
            return true;
        });
        await page.EvaluateAsync($"([events, token, after]) => {{ {script} }}", new object[] { $"{events}", token, Last });
    }

    private static async ValueTask<bool> LoadsAsync(IPage page, Uri address)
    {
        try
        {
            return (await page.GotoAsync($"{address}"))?.Ok == true;
        }
        catch (PlaywrightException)
        {
            return false;
        }
    }
}
