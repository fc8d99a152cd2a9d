using Chat.Client.Console.Commands;
using Chat.Client.Console.Doctor.Trials;

namespace Chat.Client.Console.Doctor.Output;

/// <summary>The report as one JSON object on one line; <c>docs/terminal.md</c> has its shape.</summary>
internal static class ReportJson
{
    public static string Line(Uri server, Report report) => Json.Line(new
    {
        Server = server,
        Health = Word(report.Verdict.Health.ToString()),
        Verdict = report.Verdict.Sentence,
        report.OnTheWay,
        Findings = report.Findings.Select(f => new { f.Check, Level = Word(f.Level.ToString()), f.Seen, f.Fault }),
        Transports = report.Transports.Select(t => new
        {
            Transport = t.Key,
            Level = Word(Diagnosis.Of(t).Max(f => f.Level).ToString()),
            t.Works,
            OpensMs = Milliseconds(t.Opened),
            FirstByteMs = Milliseconds(t.FirstByte),
            RoundTrips = t.RoundTrips.Count,
            MedianMs = Milliseconds(Arrivals.Quantile(t.RoundTrips, 0.5)),
            P99Ms = Milliseconds(Arrivals.Quantile(t.RoundTrips, 0.99)),
            Events = Word(t.Arrival.ToString()),
            t.Sends,
            CutAfterMs = Milliseconds(t.CutAfter),
            t.Awake,
            t.Encoding,
        }),
        Remedies = report.Remedies.Select(r => new { r.Fault, r.Title, r.Cause, Lines = r.Lines.ToDictionary(l => l.Product, l => l.Text) }),
    });

    private static double? Milliseconds(TimeSpan? time) => time is { } t ? Math.Round(t.TotalMilliseconds, 3) : null;

    private static string Word(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
