using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Chat.Bench.History;
using Chat.Bench.Processes;
using Chat.Contracts;

namespace Chat.Bench.Transports;

/// <summary>
/// One room for each rate, and clients of every technique in each: the same message goes to all of them, so whatever else the machine does, it does to all.
/// </summary>
internal static class Talking
{
    /// <summary>Longer than the longest pause between two polls: what is on its way at the end still comes.</summary>
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(25);

    public static async Task<IReadOnlyDictionary<Technique, IReadOnlyList<RateFigures>>> RunAsync(TransportsRun run, string folder, CancellationToken ct)
    {
        await using var server = await NodeProcess.RunAloneAsync(folder, new Dictionary<string, string>(), Cores.ServerPrefix, ct);
        var rooms = await Task.WhenAll(TransportsRun.Rates.Select(rate => MeasureAsync(run, server.Uri, rate, ct)));
        return Technique.All.ToDictionary(t => t, t => (IReadOnlyList<RateFigures>)[.. rooms.Select(r => r[t])]);
    }

    private static async Task<IReadOnlyDictionary<Technique, RateFigures>> MeasureAsync(TransportsRun run, Uri server, double rate, CancellationToken ct)
    {
        var person = await Person.SignUpAsync(server, ct);
        var room = (await person.CreateRoomAsync(ct)).Id;
        var audiences = await Task.WhenAll(Technique.All.Select(t => Audience.GatherAsync(t, server, person, room, after: 1, run.Clients, ct)));
        try
        {
            using var writer = person.Http();
            await SendAsync(writer, room, "warm-up", 20, 10, new(), ct);
            await HeardAsync(audiences, "warm-up-20", run.Clients, ct);

            var before = audiences.ToDictionary(a => a, a => a.Traffic.Now);
            var sent = new ConcurrentDictionary<string, long>();
            var messages = Math.Max(1, (int)(rate * run.Duration.TotalSeconds));
            await SendAsync(writer, room, "m", messages, rate, sent, ct);
            // The pause after the last message belongs to it, as the others' do to them.
            await Task.Delay(TimeSpan.FromSeconds(1 / rate), ct);
            var traffic = audiences.ToDictionary(a => a, a => a.Traffic.Since(before[a]));
            await HeardAsync(audiences, $"m-{messages}", run.Clients, ct);
            return audiences.ToDictionary(a => a.Technique, a => Figures(a, rate, sent, traffic[a]));
        }
        finally
        {
            foreach (var audience in audiences)
                await audience.DisposeAsync();
        }
    }

    private static async Task SendAsync(
        HttpClient writer, string room, string name, int messages, double rate, ConcurrentDictionary<string, long> sent, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
        for (var i = 1; i <= messages; i++)
        {
            if (i > 1)
                await pace.WaitForNextTickAsync(ct);
            sent[$"{name}-{i}"] = Stopwatch.GetTimestamp();
            using var answer = await writer.PostAsJsonAsync(
                $"/api/rooms/{room}/messages", new NewMessage($"{name}-{i}", "A message as people write them: a line, rarely two."), ChatJson.Options, ct);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static Task HeardAsync(IReadOnlyList<Audience> audiences, string last, int clients, CancellationToken ct) => Eventually.TrueAsync(
        () =>
        {
            foreach (var audience in audiences)
                audience.Check();
            return audiences.All(a => a.Heard.Count(h => h.ClientId == last) == clients);
        },
        s_end, () => $"all have heard {last}", ct);

    private static RateFigures Figures(Audience audience, double rate, ConcurrentDictionary<string, long> sent, Proxy.TrafficCount traffic)
    {
        var delays = audience.Heard.Where(h => sent.ContainsKey(h.ClientId))
            .Select(h => Stopwatch.GetElapsedTime(sent[h.ClientId], h.At).TotalMilliseconds).Order().ToList();
        return new RateFigures(
            rate, delays.Count, delays[delays.Count / 2], delays[Math.Min(delays.Count - 1, delays.Count * 99 / 100)],
            (double)traffic.Requests / delays.Count, (double)traffic.Bytes / delays.Count);
    }
}
