using Chat.Tests.Page.Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Chat.Tests.Page.Browser;

/// <summary>The machine's Chromium, started when the first test asks for it, and shared by all: each visitor has a profile of their own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>
    /// Only the last list of a command line counts, so this one also has what Playwright switches off.
    /// </summary>
    private static readonly string[] s_withoutFeatures =
    [
        // A page that a test answers itself has no address, and Chromium lets such a page connect to nothing on this
        // machine.
        "LocalNetworkAccessChecks", "LocalNetworkAccessChecksWebSockets",
        // Each window would have a second renderer for the list below its address field, which nobody sees.
        "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled",
        // Playwright's own.
        "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider",
        "GlobalMediaControls", "HttpsUpgrades", "LensOverlay", "MediaRouter", "PaintHolding",
        "ThirdPartyStoragePartitioning", "BlockOriginHeaderModificationOnRedirect",
        "AvoidCorsURLLoaderRestartOnRedirect", "Translate", "AutoDeElevate", "OptimizationHints",
        "NetworkTimeServiceQuerying",
    ];

    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", $"--disable-features={string.Join(',', s_withoutFeatures)}",
    ];

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A person at a browser of their own, with the page of this server.</summary>
    /// <param name="server">The server, or a proxy before it.</param>
    /// <param name="look">Window, colours and language; null for a wide, light, English one.</param>
    /// <param name="anyCertificate">The person goes on where the browser warns of a certificate.</param>
    public async Task<WebPage> VisitAsync(Uri server, Look? look = null, bool anyCertificate = false)
    {
        var browser = await StartAsync();
        look ??= new Look();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(),
            IgnoreHTTPSErrors = anyCertificate,
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = look.Language,
            HasTouch = look.Touch,
            IsMobile = look.Touch,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(30_000);
        return await WebPage.OpenAsync(context, server, look);
    }

    /// <summary>A profile of its own for pages that are not the server's. The caller closes it.</summary>
    public async Task<IBrowserContext> NewContextAsync() => await (await StartAsync()).NewContextAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(30_000);
            return _browser ??= await _playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions
                {
                    ExecutablePath = "/usr/bin/chromium", Args = s_arguments, Timeout = 180_000,
                });
        }
        finally
        {
            _starting.Release();
        }
    }
}

/// <summary>What a visitor's browser is like.</summary>
public sealed record Look
{
    /// <summary>Width of the window in CSS pixels.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>Height of the window in CSS pixels.</summary>
    public int Height { get; init; } = 800;

    /// <summary>Whether the system is dark.</summary>
    public bool Dark { get; init; }

    /// <summary>Fingers instead of a mouse.</summary>
    public bool Touch { get; init; }

    /// <summary>The browser's language.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>A phone held upright.</summary>
    public static Look Phone { get; } = new() { Width = 390, Height = 844, Touch = true };
}
