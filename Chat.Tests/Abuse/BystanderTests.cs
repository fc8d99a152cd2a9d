using Chat.Bench.Abuse;
using Chat.Tests.Support;

namespace Chat.Tests.Abuse;

/// <summary>
/// A bystander does not notice what one guest does. The bounds are generous and hold for medians of turns, because
/// guest, crowd, bystander and server share a machine that may have other things to do. An attack that exceeds them is
/// measured again: what the machine does meanwhile comes and goes, what the attack does comes each time.
/// <c>Chat.Bench abuse</c> measures all attacks.
/// </summary>
[Collection(BusyTests.Name)]
[TimeLimit(480)]
public sealed class BystanderTests
{
    /// <summary>Without pace and budgets, each of these attacks made a send more than ten times as slow.</summary>
    private const double Most = 5;

    private const int Measurements = 3;

    [Fact]
    public async Task A_bystander_sends_and_lists_about_as_quickly_while_a_guest_does_the_worst()
    {
        string[] attacks = ["rename", "typing", "mark", "sync"];
        var noticed = await MeasureAsync(attacks);
        Assert.Equal(attacks.Length, noticed.Count);
        for (var again = 1; again < Measurements && Exceeding(noticed) is { Length: > 0 } exceeding; again++)
            noticed = await MeasureAsync(exceeding);
        Assert.Empty(Exceeding(noticed));
    }

    private static string[] Exceeding(IEnumerable<Noticed> noticed) =>
        [.. noticed.Where(n => n.Send > Most || n.List > Most).Select(n => n.Name)];

    private static async Task<IReadOnlyList<Noticed>> MeasureAsync(string[] attacks)
    {
        var noticed = await AbuseBench.RunAsync(new AbuseRun
        {
            Members = 60,
            Turn = TimeSpan.FromSeconds(0.7),
            Rounds = 3,
            Attacks = [.. Attack.All.Where(a => attacks.Contains(a.Name))],
            Pinned = false,
            Output = TextWriter.Null,
        }, TestContext.Current.CancellationToken);
        foreach (var one in noticed)
            Output.Write($"{one}");
        return noticed;
    }
}
