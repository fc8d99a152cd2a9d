using System.Diagnostics;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Bench.Abuse;

/// <summary>
/// The bystander, who sends a message and lists the rooms again and again, as a person with an app would.
/// </summary>
internal sealed class Watch(Scene scene) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(60);

    private readonly HttpClient _http = scene.Bystander.Http();

    /// <summary>Milliseconds of each send and each list within a time, repeats of refused calls included.</summary>
    public async Task<(List<double> Sends, List<double> Lists)> WatchAsync(TimeSpan time, CancellationToken ct)
    {
        List<double> sends = [], lists = [];
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time || sends.Count < 3)
        {
            var message = new NewMessage(Guid.NewGuid().ToString("n"), "what I wanted to say");
            sends.Add(await TimedAsync(() =>
                _http.PostAsJsonAsync($"/api/rooms/{scene.Quiet.Id}/messages", message, ChatJson.Options, ct), ct));
            lists.Add(await TimedAsync(() => _http.GetAsync(new Uri("/api/rooms", UriKind.Relative), ct), ct));
            await Task.Delay(s_pause, ct);
        }
        return (sends, lists);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<double> TimedAsync(Func<Task<HttpResponseMessage>> call, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await call();
            await answer.Content.ReadAsByteArrayAsync(ct);
            if (answer.IsSuccessStatusCode)
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await Task.Delay(20, ct);
        }
    }
}
