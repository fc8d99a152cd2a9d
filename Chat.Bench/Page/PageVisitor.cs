using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.Playwright;

namespace Chat.Bench.Page;

/// <summary>Somebody with a browser who is a member of the room already, and opens it.</summary>
internal sealed class PageVisitor(IBrowser browser, Uri server, string room, PageRun run)
{
    private static readonly HashSet<string> s_code = ["Script", "Stylesheet"];
    private int _visitors;

    /// <summary>A browser profile that is signed in, with nothing of the page in it.</summary>
    public async Task<IBrowserContext> ArriveAsync()
    {
        var context = await browser.NewContextAsync(new() { BaseURL = server.ToString() });
        var guest = await context.APIRequest.PostAsync(
            "/api/account/guest?useCookies=true", new() { DataObject = new { name = $"visitor{Interlocked.Increment(ref _visitors)}" } });
        var joined = await context.APIRequest.PutAsync($"/api/rooms/{room}/members/me", new() { Headers = Origin });
        return guest.Ok && joined.Ok ? context : throw new InvalidOperationException($"The visitor was not let in: {guest.Status}, {joined.Status}.");
    }

    /// <summary>Opens the room in a new tab and waits for its newest message.</summary>
    public async Task<Visit> VisitAsync(IBrowserContext context, bool slow)
    {
        var tab = await context.NewPageAsync();
        var wire = await context.NewCDPSessionAsync(tab);
        var kinds = new ConcurrentDictionary<string, string>();
        var bytes = new ConcurrentDictionary<string, long>();
        wire.Event("Network.responseReceived").OnEvent += (_, e) =>
            kinds[e!.Value.GetProperty("requestId").GetString()!] = e.Value.GetProperty("type").GetString()!;
        wire.Event("Network.loadingFinished").OnEvent += (_, e) =>
            bytes[e!.Value.GetProperty("requestId").GetString()!] = (long)e.Value.GetProperty("encodedDataLength").GetDouble();
        await wire.SendAsync("Network.enable");
        if (slow)
        {
            await wire.SendAsync("Network.emulateNetworkConditions", new()
            {
                ["offline"] = false,
                ["latency"] = run.Latency.TotalMilliseconds,
                ["downloadThroughput"] = run.BytesPerSecond,
                ["uploadThroughput"] = run.BytesPerSecond,
            });
            await wire.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = run.Slowdown });
        }

        var started = Stopwatch.GetTimestamp();
        await tab.GotoAsync($"/r/{room}", new() { WaitUntil = WaitUntilState.Commit });
        await tab.Locator("article .body").GetByText("Message 500:").First.WaitForAsync(new() { Timeout = 120_000 });
        var took = Stopwatch.GetElapsedTime(started);

        var code = bytes.Where(b => kinds.TryGetValue(b.Key, out var kind) && s_code.Contains(kind)).Sum(b => b.Value);
        var visit = new Visit(took, code, bytes.Values.Sum(), bytes.Count);
        // The next visit of this browser finds what a person's would: the page's own cache is complete.
        await tab.EvaluateAsync("async () => { await navigator.serviceWorker?.ready; }");
        await tab.CloseAsync();
        return visit;
    }

    private Dictionary<string, string> Origin => new() { ["Origin"] = server.GetLeftPart(UriPartial.Authority) };
}
