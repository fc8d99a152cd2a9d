using System.Globalization;
using Chat.Client.Console.Doctor.Trials;

namespace Chat.Client.Console.Doctor;

/// <summary>From what was seen to what it means. No clock, no I/O.</summary>
public static class Diagnosis
{
    /// <summary>What a transport's trial shows: one finding, or one for each thing that is wrong with it.</summary>
    public static IReadOnlyList<Finding> Of(TrialReport report)
    {
        if (report.IsMissing)
            return [new(report.Name, Level.Skipped, "this server does not have it")];
        if (report.Opened is null)
            return [Closed(report)];
        var findings = new List<Finding>();
        if (Delivery(report) is { } fault)
            findings.Add(fault);
        if (report.CutAfter is { } after)
            findings.Add(Warn(report, $"cut after {Seconds(after)} of silence", Faults.IdleCut));
        if (report is { Awake: false, Arrival: not Arrival.Never })
            findings.Add(Fail(report, "stays open after it was idle, and brings nothing any more", Faults.Deaf));
        if (report.Encoding is { } encoding && findings.TrueForAll(f => f.Fault != Faults.StreamCompressed))
            findings.Add(Warn(report, $"compressed on the way ({encoding})", Faults.StreamCompressed));
        return findings is [] ? [new(report.Name, Level.Ok, "works")] : findings;
    }

    /// <summary>What it all comes to.</summary>
    /// <param name="findings">All of them, those of the transports too.</param>
    /// <param name="transports">The transports; none if it did not come to that.</param>
    /// <param name="titles">What a fault is called in a sentence; null if it has no name.</param>
    public static Verdict Of(IReadOnlyList<Finding> findings, IReadOnlyList<TrialReport> transports, Func<string, string?> titles)
    {
        var faults = findings.Where(f => f is { Fault: not null, Level: Level.Warn or Level.Fail }).DistinctBy(f => f.Fault).ToList();
        var told = string.Join("; ", faults.Select(f => titles(f.Fault!) ?? f.Seen));
        var hubs = transports.Where(t => t is { IsHub: true, Works: true } && t.Awake is not false).Select(t => ShortName(t.Key)).ToList();
        if (hubs is not [])
        {
            var fine = findings.All(f => f.Level is Level.Ok or Level.Skipped);
            var rest = fine ? "nothing is in the way" : told.Length > 0 ? told : findings.First(f => f.Level is Level.Warn or Level.Fail) is var worst ? $"{worst.Check}: {worst.Seen}" : "";
            return new Verdict(Health: fine ? Health.Fine : Health.Faulty, $"chat works here over {List(hubs)}; {rest}.");
        }
        if (findings.Any(f => f.Fault == Faults.NoAccount))
            return new Verdict(Health.NoAccount, $"whether chat works here cannot be tried: {findings.First(f => f.Fault == Faults.NoAccount).Seen}.");
        var plain = transports.Where(t => t is { IsHub: false, Works: true }).Select(t => t.Name).ToList();
        var why = told.Length > 0 ? told : findings.FirstOrDefault(f => f.Level == Level.Fail)?.Seen ?? "none of its transports does";
        return new Verdict(Health.Broken, $"chat does not work here: {why}.{(plain is [] ? "" : $" Clients without SignalR get through over {List(plain)}.")}");
    }

    private static Finding Closed(TrialReport report)
    {
        var why = report.Status is { } status ? $"answered with {status}" : report.Error ?? "does not open";
        return report.Carrier switch
        {
            Carrier.Socket => Fail(report, $"does not open: {why}", Faults.UpgradeStripped),
            Carrier.Stream when report.Status is null => Fail(report, $"does not begin: {why}", report.Encoding is null ? Faults.StreamBuffered : Faults.StreamCompressed),
            _ => Fail(report, $"does not open: {why}", Faults.DoesNotOpen),
        };
    }

    /// <summary>What is wrong with how messages come and go; null if nothing is.</summary>
    private static Finding? Delivery(TrialReport report)
    {
        var held = report.Encoding is null ? Faults.StreamBuffered : Faults.StreamCompressed;
        var compressed = report.Encoding is null ? "" : $" and compressed ({report.Encoding})";
        return report.Arrival switch
        {
            Arrival.Never when report.Carrier == Carrier.Socket => Fail(report, "opens, and nothing comes through", Faults.FramesSwallowed),
            Arrival.Never when report.Carrier == Carrier.Stream => Fail(report, $"opens, and its events are held back{compressed}", held),
            Arrival.Never => Fail(report, $"opens, and brings no event{Because(report)}", Faults.Deaf),
            Arrival.HeldBack when report.Carrier == Carrier.Stream => Fail(report, $"events come late and together: held back{compressed}", held),
            Arrival.HeldBack => Warn(report, "events come late and together", Faults.StreamBuffered),
            Arrival.WithGaps => Fail(report, $"brings some events and not others{Because(report)}", Faults.Deaf),
            _ when report.Sends is false && report.Carrier == Carrier.Socket => Fail(
                report, report.SentUnheard ? "what it sends arrives, but the answers do not" : "brings events, but what it sends does not arrive", Faults.FramesSwallowed),
            _ when report.Sends is false => Fail(report, $"brings events, but what it sends is not acknowledged{Because(report)}", Faults.DoesNotOpen),
            _ => null,
        };
    }

    /// <summary>A hub's transport, as people call it.</summary>
    private static string ShortName(string key) => key switch { "hub_websocket" => "WebSocket", "hub_sse" => "SSE", _ => "long polling" };

    private static string List(IReadOnlyList<string> names) => names is [var only] ? only : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static string Because(TrialReport report) => report.Error is { } error ? $": {error}" : "";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private static Finding Warn(TrialReport report, string seen, string fault) => new(report.Name, Level.Warn, seen, fault);

    private static Finding Fail(TrialReport report, string seen, string fault) => new(report.Name, Level.Fail, seen, fault);
}

/// <summary>Whether chat works.</summary>
public enum Health
{
    /// <summary>It does, and nothing is wrong.</summary>
    Fine,

    /// <summary>It does, but something is wrong.</summary>
    Faulty,

    /// <summary>It does not.</summary>
    Broken,

    /// <summary>There was nobody to try with.</summary>
    NoAccount,
}

/// <summary>What it all comes to.</summary>
/// <param name="Health">Whether chat works.</param>
/// <param name="Sentence">The same for people.</param>
public sealed record Verdict(Health Health, string Sentence);
