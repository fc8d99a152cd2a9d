using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Bench.Processes;
using Chat.Contracts;
using Microsoft.Playwright;

namespace Chat.Bench.Page;

/// <summary>
/// Opens a room of 500 messages as its member: with an empty browser on a slow line, again with what the browser has kept, and with an empty
/// browser on a free line, by turns. The slow line and the slow processor are Chromium's own emulation.
/// </summary>
internal static class PageBench
{
    private const int Messages = 500;
    private static readonly string[] s_arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    public static async Task<int> RunAsync(PageRun run, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("chat-bench-");
        try
        {
            await using var server = await NodeProcess.RunAloneAsync(folder.FullName, new Dictionary<string, string>(), [], cancellation);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = run.Browser, Args = s_arguments });
            var room = await FillAsync(server.Uri, cancellation);
            var visitor = new PageVisitor(browser, server.Uri, room, run);
            await using (var warm = await visitor.ArriveAsync())
                await visitor.VisitAsync(warm, slow: false);

            var (first, again, free) = (new List<Visit>(), new List<Visit>(), new List<Visit>());
            for (var round = 0; round < run.Rounds; round++)
            {
                Console.Error.WriteLine($"round {round + 1} of {run.Rounds}");
                await using (var context = await visitor.ArriveAsync())
                {
                    first.Add(await visitor.VisitAsync(context, slow: true));
                    again.Add(await visitor.VisitAsync(context, slow: true));
                }

                await using var unhindered = await visitor.ArriveAsync();
                free.Add(await visitor.VisitAsync(unhindered, slow: false));
                cancellation.ThrowIfCancellationRequested();
            }

            Print(run, first, again, free);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Print(PageRun run, List<Visit> first, List<Visit> again, List<Visit> free)
    {
        var unit = Median(free, v => v.ToMessage.TotalMilliseconds);
        Console.WriteLine($"{run.BytesPerSecond * 8 / 1000} kbit/s, {run.Latency.TotalMilliseconds:0} ms a request, a processor {run.Slowdown} times slower; {run.Rounds} rounds");
        Console.WriteLine();
        Console.WriteLine($"{"visit",-24} {"scripts and styles",18} {"everything",12} {"requests",9}   time to the newest message");
        Row("first, slow", first);
        Row("again, slow", again);
        Row("first, free line", free);

        void Row(string name, List<Visit> visits) => Console.WriteLine(
            $"{name,-24} {Median(visits, v => v.Code) / 1000,15:0.0} KB {Median(visits, v => v.All) / 1000,9:0.0} KB {Median(visits, v => v.Requests),9:0}"
            + $"   {Median(visits, v => v.ToMessage.TotalMilliseconds) / unit:0.0} ({visits.Min(v => v.ToMessage.TotalMilliseconds) / unit:0.0}–{visits.Max(v => v.ToMessage.TotalMilliseconds) / unit:0.0})"
            + " times the first on a free line");
    }

    private static double Median(List<Visit> visits, Func<Visit, double> figure) => Spread.Median(visits.Select(figure));

    private static async Task<string> FillAsync(Uri server, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = server };
        var session = await PostAsync<Session>(http, "/api/account/guest", new GuestRequest("host"), cancellation);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.AccessToken);
        var room = await PostAsync<Room>(http, "/api/rooms", new NewRoom("Bench", RoomKind.Public), cancellation);
        for (var i = 1; i <= Messages; i++)
            await PostAsync<ChatEvent>(
                http, $"/api/rooms/{room.Id}/messages", new NewMessage($"m{i}", $"Message {i}: **not much**, but `enough` to be read."), cancellation);
        return room.Id;
    }

    private static async Task<T> PostAsync<T>(HttpClient http, string path, object body, CancellationToken cancellation)
    {
        using var answer = await http.PostAsJsonAsync(path, body, ChatJson.Options, cancellation);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<T>(ChatJson.Options, cancellation))!;
    }
}
