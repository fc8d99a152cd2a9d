using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Chat.Bench.Processes;

/// <summary>Awaits a condition that nothing announces, with a deadline. Where something announces it, await that instead.</summary>
public static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns as soon as the condition holds; fails with the condition's own text at the deadline.</summary>
    public static Task TrueAsync(
        Func<bool> condition, TimeSpan within, CancellationToken ct, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => ValueTask.FromResult(condition()), within, ct, what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan, CancellationToken, string)"/>
    public static Task TrueAsync(
        Func<ValueTask<bool>> condition, TimeSpan within, CancellationToken ct, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(condition, within, () => what, ct);

    /// <summary>The same, with a text that tells how things stand at the deadline.</summary>
    public static Task TrueAsync(Func<bool> condition, TimeSpan within, Func<string> what, CancellationToken ct) =>
        TrueAsync(() => ValueTask.FromResult(condition()), within, what, ct);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan, Func{string}, CancellationToken)"/>
    public static async Task TrueAsync(Func<ValueTask<bool>> condition, TimeSpan within, Func<string> what, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Look);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > within)
                throw new TimeoutException($"Not within {within.TotalSeconds:0.#} s: {what()}");
            await timer.WaitForNextTickAsync(ct);
        }
    }
}
