namespace Chat.Tests.Support.History;

/// <summary>Judges a history against every promise of <see cref="Rules"/>, and explains.</summary>
public static class Checker
{
    private const int Shown = 20;

    /// <summary>All violations; none for a good history.</summary>
    public static IReadOnlyList<Violation> Check(ChatHistory history) =>
    [
        .. LogRules.Check(history),
        .. OrderRules.Check(history),
        .. ObserverRules.Check(history),
    ];

    /// <summary>Fails the test with the explanation if any promise was broken.</summary>
    public static void Verify(ChatHistory history)
    {
        var violations = Check(history);
        Output.Write(Summary(history));
        if (violations.Count > 0)
        {
            var lines = violations.GroupBy(v => v.Rule).SelectMany(rule => rule.Take(Shown).Select(v => v.ToString()).Append($"({rule.Key}: {rule.Count()} in all)"));
            Assert.Fail($"{violations.Count} broken promises.{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
        }
    }

    private static string Summary(ChatHistory history) =>
        $"history: {history.Sends.Count} sends, {history.Sends.Count(s => s.Acked is not null)} acknowledged, "
        + $"{history.Logs.Values.Sum(log => log.Count)} events in {history.Logs.Count} logs, "
        + $"{history.Watches.Count} watches, {history.AllSeen().Count()} observations";
}
