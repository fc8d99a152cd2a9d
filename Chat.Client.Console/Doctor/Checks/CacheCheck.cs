using System.Globalization;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Whether the same question gets a new answer when there is one.</summary>
internal sealed class CacheCheck : Check
{
    public override string Title => "caching";

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var first = await way.SayAsync(way.NewMessage(), ct);
        var path = string.Create(CultureInfo.InvariantCulture, $"api/rooms/{way.Room!.Id}/events?after={first.Seq}");
        await HeadOfAsync(way, path, ct);
        var second = await way.SayAsync(way.NewMessage(), ct);
        var (seen, age) = await HeadOfAsync(way, path, ct);
        return [seen >= second.Seq ? Ok("answers are fresh") : Fail($"an old answer came again{(age is { } old ? string.Create(CultureInfo.InvariantCulture, $", {old.TotalSeconds:0} s old") : "")}", Faults.Cached)];
    }

    private static async Task<(long Head, TimeSpan? Age)> HeadOfAsync(Way way, string path, CancellationToken ct)
    {
        var (head, body) = await way.GetAsync(path, ct);
        using var _ = head;
        head.EnsureSuccessStatusCode();
        return (JsonSerializer.Deserialize<EventPage>(body, ChatJson.Options)!.Head, head.Headers.Age);
    }
}
