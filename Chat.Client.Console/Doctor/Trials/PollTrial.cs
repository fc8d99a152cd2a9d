using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>The events after the last one, again and again: at once each time (short polling), or when there is something (long polling).</summary>
internal sealed class PollTrial(Way way, bool waits) : Trial(way)
{
    private const int WaitSeconds = 25;

    /// <summary>How often short polling asks; each event is as late as it has to wait for that.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _polling = new(1);

    public override string Key => waits ? "long_polling" : "short_polling";

    public override string Name => waits ? "long polling" : "short polling";

    public override Carrier Carrier => waits ? Carrier.WaitingRequest : Carrier.Request;

    public override void Rest(bool resting)
    {
        // Between two short polls there is nothing that could be idle.
        if (waits)
            return;
        if (resting)
            _polling.Wait(TimeSpan.FromSeconds(1));
        else
            _polling.Release();
    }

    protected override async Task StartAsync(long after, CancellationToken ct)
    {
        var first = await PollAsync(after, ct);
        Accept();
        _ = PollOnAsync(first);
    }

    protected override ValueTask CloseAsync()
    {
        _polling.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task PollOnAsync(long after)
    {
        try
        {
            while (true)
            {
                if (waits)
                {
                    after = await PollAsync(after, Over.Token);
                    continue;
                }
                await Task.Delay(Pause, Over.Token);
                await _polling.WaitAsync(Over.Token);
                try
                {
                    after = await PollAsync(after, Over.Token);
                }
                finally
                {
                    _polling.Release();
                }
            }
        }
        catch (Exception e)
        {
            End(Innermost(e));
        }
    }

    private async Task<long> PollAsync(long after, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        var wait = waits ? $"&wait={WaitSeconds}" : "";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(
            CultureInfo.InvariantCulture, $"api/rooms/{Way.Room!.Id}/events?after={after}{wait}"), UriKind.Relative));
        using var answer = await Way.SendAsync(request, ct, waits ? TimeSpan.FromSeconds(WaitSeconds) : default);
        var body = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode)
        {
            Status = (int)answer.StatusCode;
            throw new HttpRequestException($"{(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        Hear(body);
        var page = JsonSerializer.Deserialize<EventPage>(body, ChatJson.Options)!;
        if (page.Events is [.., var last])
            return last.Seq;
        if (waits && Stopwatch.GetElapsedTime(begin).TotalSeconds < WaitSeconds / 2)
        {
            IsMissing = true;
            throw new InvalidOperationException("the server does not wait");
        }
        return after;
    }
}
