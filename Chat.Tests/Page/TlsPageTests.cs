using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;

namespace Chat.Tests.Page;

/// <summary>The page over https and HTTP/2.</summary>
[TimeLimit(120)]
public sealed class TlsPageTests(TlsServer server, Chromium chromium) : IClassFixture<TlsServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chromium_talks_over_a_WebSocket_in_HTTP_2_and_loads_nothing_twice()
    {
        var person = await server.SignUpAsync(Ct);
        await using var chat = new Chat.Client.ChatConnection(person.Options() with { Trust = server.Trust });
        await chat.StartAsync(Ct);
        var room = await chat.CreateRoomAsync(new NewRoom("secure", RoomKind.Public), Ct);
        await using var page = await chromium.VisitAsync(server.Uri, anyCertificate: true);
        var warnings = new List<string>();
        page.Tab.Console += (_, message) =>
        {
            if (message.Text.Contains("preload", StringComparison.OrdinalIgnoreCase))
                warnings.Add(message.Text);
        };

        await page.SignUpAsync("browser", $"/r/{room.Id}");
        await page.SendAsync("over one connection");
        await chat.SendAsync(room.Id, "and back", ct: Ct);
        await page.SeesAsync("and back");

        Assert.Equal("webSockets", await page.ConnectedAsync());
        Assert.Contains(new RecordedRequest("HTTP/2", "CONNECT", Wire.HubPath), server.Requests);
        Assert.Empty(warnings);
        page.VerifyClean();
    }

    [Fact]
    public async Task The_scripts_and_styles_of_the_first_load_are_named_in_the_header_and_loaded_once()
    {
        using var http = server.Http();
        using var answer = await http.GetAsync(new Uri("/", UriKind.Relative), Ct);
        var link = Assert.Single(answer.Headers.GetValues("Link"));
        Assert.Matches(@"^</assets/page-[^>]+\.js>; rel=modulepreload, .*</assets/page-[^>]+\.css>; rel=preload; as=style; crossorigin", link);
        await using var page = await chromium.VisitAsync(server.Uri, anyCertificate: true);
        var loaded = new ConcurrentQueue<string>();
        page.Tab.Response += (_, response) => loaded.Enqueue(new Uri(response.Url).AbsolutePath);

        await page.GoAsync("/");
        await page.Tab.GetByLabel("Your name").WaitForAsync();

        foreach (var path in link.Split(", ").Select(hint => hint[1..hint.IndexOf('>', StringComparison.Ordinal)]))
            Assert.Single(loaded.ToArray(), path);
    }
}
