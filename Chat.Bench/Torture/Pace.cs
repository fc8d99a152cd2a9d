namespace Chat.Bench.Torture;

/// <summary>
/// When people write: bursts, and silences in which nothing follows that could show what was lost. Thread-safe.
/// </summary>
/// <param name="seed">Of the lengths.</param>
/// <param name="rate">Messages a second of all together in a burst.</param>
internal sealed class Pace(int seed, int rate)
{
    private readonly Random _random = new(seed);
    private volatile TaskCompletionSource? _silence;

    /// <summary>Alternates until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(2 + (4 * _random.NextDouble())), stop);
                _silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await Task.Delay(TimeSpan.FromSeconds(0.5 + (2.5 * _random.NextDouble())), stop);
                End();
            }
        }
        catch (OperationCanceledException)
        {
            End();
        }
    }

    /// <summary>Completes when one of so many writers may write its next message.</summary>
    public async Task TurnAsync(Random random, int writers, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble() * writers / rate), ct);
        if (_silence is { } silence)
            await silence.Task.WaitAsync(ct);
    }

    private void End()
    {
        var over = _silence;
        _silence = null;
        over?.TrySetResult();
    }
}
