using System.Collections.Concurrent;
using System.Reflection;
using Chat.Tests.Support;
using Xunit.v3;

[assembly: TimeLimit(60)]

namespace Chat.Tests.Support;

/// <summary>
/// The seconds that a test may take on an idle machine: for the assembly, or longer for one class or method. The limit
/// only keeps tests from hanging. A busy machine must not decide which tests pass, so a test gets three times as long.
/// Then its cancellation token fires. A test that does not end even then ends the whole run, by name.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method)]
public sealed class TimeLimitAttribute(int seconds) : BeforeAfterTestAttribute
{
    private const int Patience = 3;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<string, CancellationTokenSource> Running = new();

    /// <summary>The limit, in seconds.</summary>
    public int Seconds { get; } = seconds;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var ended = new CancellationTokenSource();
        if (LimitOf(methodUnderTest) == Seconds && Running.TryAdd(test.UniqueID, ended))
            _ = WatchAsync(TestContext.Current, test.TestDisplayName, ended.Token);
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Running.TryRemove(test.UniqueID, out var ended))
            ended.Cancel();
    }

    /// <summary>What counts for a test: its own limit, else its class's, else the assembly's.</summary>
    private int LimitOf(MethodInfo method) =>
        (method.GetCustomAttribute<TimeLimitAttribute>() ?? method.ReflectedType?.GetCustomAttribute<TimeLimitAttribute>() ?? this).Seconds;

    private async Task WatchAsync(ITestContext context, string name, CancellationToken ended)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(Seconds * Patience), ended);
            context.CancelCurrentTest();
            await Task.Delay(Grace, ended);
            Environment.FailFast(
                $"{name} did not end {Grace.TotalSeconds} s after its limit of {Seconds * Patience} s.");
        }
        catch (OperationCanceledException)
        {
            // It ended in time.
        }
    }
}
