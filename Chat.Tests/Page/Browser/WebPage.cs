using System.Collections.Concurrent;
using Chat.Tests.Support;
using Microsoft.Playwright;

namespace Chat.Tests.Page.Browser;

/// <summary>
/// The chat page in one tab, as a person uses it: by what is written on it. Watches for what must never happen: script errors,
/// violations of the Content-Security-Policy, requests to another origin.
/// </summary>
public sealed partial class WebPage : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly Look _look;
    private readonly bool _ownsContext;
    private readonly ConcurrentQueue<string> _offences;

    private WebPage(IBrowserContext context, IPage tab, Uri server, Look look, bool ownsContext, ConcurrentQueue<string> offences)
    {
        (Context, Tab, _server, _look, _ownsContext, _offences) = (context, tab, server, look, ownsContext, offences);
        tab.PageError += (_, error) => _offences.Enqueue($"script error: {error}");
        tab.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase)
                || message.Text.Contains("Trusted", StringComparison.Ordinal))
                _offences.Enqueue($"policy: {message.Text}");
        };
    }

    /// <summary>The profile; all tabs of one person.</summary>
    public IBrowserContext Context { get; }

    /// <summary>The tab.</summary>
    public IPage Tab { get; }

    /// <summary>The text field of the room that is open.</summary>
    public ILocator Composer => Tab.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true })
        .Or(Tab.GetByRole(AriaRole.Combobox, new() { Name = "Message", Exact = true }));

    /// <summary>The timeline of the room that is open.</summary>
    public ILocator Log => Tab.GetByRole(AriaRole.Log, new() { Name = "Messages" });

    /// <summary>The button that says how the page is connected.</summary>
    public ILocator Connection => Tab.GetByTestId("connection").Filter(new() { Visible = true }).First;

    internal static async Task<WebPage> OpenAsync(IBrowserContext context, Uri server, Look look)
    {
        var offences = new ConcurrentQueue<string>();
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" or "ws" or "wss" } url && url.Authority != server.Authority)
                offences.Enqueue($"another origin: {url}");
        };
        return new WebPage(context, await context.NewPageAsync(), server, look, ownsContext: true, offences);
    }

    /// <summary>Another tab of the same person.</summary>
    public async Task<WebPage> AnotherTabAsync() => new(Context, await Context.NewPageAsync(), _server, _look, ownsContext: false, _offences);

    /// <summary>Signs up as a guest, by name alone, and returns when the person is in a room, or is asked for one.</summary>
    /// <param name="name">A name that nobody has.</param>
    /// <param name="path">Where to go first, such as an invite link.</param>
    public async Task SignUpAsync(string name, string path = "/")
    {
        await GoAsync(path);
        await Tab.GetByLabel("Your name").FillAsync(name);
        await Tab.GetByRole(AriaRole.Button, new() { Name = "Start chatting" }).ClickAsync();
        await Composer.Or(Tab.GetByRole(AriaRole.Heading, new() { Name = "Welcome" })).First.WaitForAsync();
    }

    /// <summary>Goes to a path of the server by its address.</summary>
    public Task GoAsync(string path) => Tab.GotoAsync(new Uri(_server, path).ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });

    /// <summary>Goes to a room by its address, and returns when one can write there.</summary>
    public async Task OpenRoomAsync(string roomId)
    {
        await GoAsync($"/r/{roomId}");
        await Composer.WaitForAsync();
    }

    /// <summary>
    /// Writes a message and sends it: with Enter, or with the button where Enter is a new line. It is stored in the browser when the
    /// field is empty again.
    /// </summary>
    public async Task SendAsync(string text)
    {
        await Composer.FillAsync(text);
        if (_look.Touch)
            await Tab.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        else
            await Composer.PressAsync("Enter");
        await Assertions.Expect(Composer).ToHaveValueAsync("");
    }

    /// <summary>Waits until somebody would see a message with this text, acknowledged. Fails with what is to be seen instead.</summary>
    public async Task SeesAsync(string text, float seconds = 20)
    {
        try
        {
            await Log.Locator("article[data-state=sent]").Filter(new() { HasText = text }).First.WaitForAsync(new() { Timeout = seconds * 1000 });
        }
        catch (TimeoutException)
        {
            await PictureAsync("not-seen");
            Assert.Fail($"\"{text}\" is not to be seen within {seconds} s. {await Connection.GetAttributeAsync("aria-label")}\n{await Tab.Locator("main").InnerTextAsync()}");
        }
    }

    /// <summary>Waits until the connection is shown as up, and returns the transport that is shown.</summary>
    public async Task<string> ConnectedAsync(float seconds = 20)
    {
        await Assertions.Expect(Connection).ToHaveAttributeAsync("data-state", "connected", new() { Timeout = seconds * 1000 });
        return (await Connection.GetAttributeAsync("data-transport"))!;
    }

    /// <summary>What the page tells about its connection: state, transport, round trip, and why it last changed.</summary>
    public async Task<string> WhyAsync()
    {
        await Connection.ClickAsync();
        await Tab.GetByText("Why", new() { Exact = true }).WaitForAsync();
        var text = await Tab.GetByRole(AriaRole.Dialog, new() { Name = "Connection" }).Or(Tab.Locator(":popover-open")).First.InnerTextAsync();
        await Tab.Keyboard.PressAsync("Escape");
        return text;
    }

    /// <summary>Waits until the connection is shown as not up.</summary>
    public Task DisconnectedAsync(float seconds = 20) =>
        Assertions.Expect(Connection).ToHaveAttributeAsync("data-state", "connecting", new() { Timeout = seconds * 1000 });

    /// <summary>Chooses a transport in the menu of the connection, and waits until it is in use.</summary>
    /// <param name="label">As the menu has it, such as "Long polling".</param>
    /// <param name="transport">As the indicator has it in <c>data-transport</c>.</param>
    public async Task ForceAsync(string label, string transport)
    {
        await Connection.ClickAsync();
        await Tab.GetByRole(AriaRole.Radio, new() { Name = label }).CheckAsync();
        await Tab.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Connection).ToHaveAttributeAsync("data-transport", transport);
        await ConnectedAsync();
    }

    /// <summary>Opens the switcher with its key, types into it as soon as it is there, and waits for what it offers.</summary>
    public async Task SwitchAsync(string text, string offered)
    {
        await Tab.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await Tab.Keyboard.TypeAsync(text);
        await Tab.GetByRole(AriaRole.Option).Filter(new() { HasText = offered }).First.WaitForAsync();
        await Tab.Keyboard.PressAsync("Enter");
    }

    /// <summary>Fails if anything happened that never may.</summary>
    public void VerifyClean() => Assert.Equal([], _offences);

    /// <summary>Keeps what is to be seen as a picture, if <c>CHAT_SCREENSHOTS</c> names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("CHAT_SCREENSHOTS") is { Length: > 0 } folder)
            await Tab.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var offence in _offences)
            Output.Write(offence);
        if (_ownsContext)
            await Context.DisposeAsync();
        else
            await Tab.CloseAsync();
    }
}
