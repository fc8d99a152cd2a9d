using System.Globalization;
using Chat.Client.Console.Doctor.Trials;

namespace Chat.Client.Console.Doctor.Output;

/// <summary>The report for people: the table of the transports, what is wrong with them, the verdict, and what to change.</summary>
internal static class ReportText
{
    /// <summary>Wide enough for what every check is called.</summary>
    public const int CheckColumn = 10;

    private const int TransportColumn = 17;

    /// <param name="paper">Where to.</param>
    /// <param name="report">What was found.</param>
    /// <param name="idle">How long the transports were idle; zero if that was left out.</param>
    /// <param name="product">Only this product's lines; null for all.</param>
    public static void Write(Paper paper, Report report, TimeSpan idle, string? product)
    {
        if (report.Transports is not [])
        {
            paper.Blank();
            Transports(paper, report.Transports, idle);
            var wrong = report.Transports.SelectMany(Diagnosis.Of).Where(f => f.Level is Level.Warn or Level.Fail).ToList();
            if (wrong is not [])
                paper.Blank();
            foreach (var finding in wrong)
                paper.Finding(finding, TransportColumn);
        }
        paper.Blank();
        paper.Heading(Capital(report.Verdict.Sentence));
        foreach (var remedy in report.Remedies)
            Write(paper, remedy, report.OnTheWay, product);
    }

    private static void Transports(Paper paper, IReadOnlyList<TrialReport> transports, TimeSpan idle)
    {
        var header = idle > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"IDLE {idle.TotalSeconds:0.#} s") : "";
        paper.Row(null, Row("TRANSPORT", "OPENS", "FIRST", "MEDIAN", "P99", "AT ONCE", "SENDS", header));
        foreach (var t in transports)
        {
            if (t.IsMissing)
            {
                paper.Row(Level.Skipped, $"{Paper.Pad(t.Name, TransportColumn)}  this server does not have it");
                continue;
            }
            paper.Row(Diagnosis.Of(t).Max(f => f.Level), Row(
                t.Name, Paper.Time(t.Opened), Paper.Time(t.FirstByte), Paper.Time(Arrivals.Quantile(t.RoundTrips, 0.5)), Paper.Time(Arrivals.Quantile(t.RoundTrips, 0.99)),
                AtOnce(t), t.Sends switch { true => "yes", false => "no", null => "" }, Idle(t, idle)));
        }
    }

    private static string AtOnce(TrialReport t) => t.Opened is null ? "" : t.Arrival switch
    {
        // How soon a short poll brings something is up to who polls.
        Arrival.AtOnce => t.Carrier == Carrier.Request ? "polled" : "yes",
        Arrival.HeldBack => "late",
        Arrival.WithGaps => "gaps",
        _ => "never",
    };

    private static string Idle(TrialReport t, TimeSpan idle) => (t.CutAfter, t.Awake) switch
    {
        _ when idle == TimeSpan.Zero || t.Carrier == Carrier.Request => "",
        ({ } after, _) => string.Create(CultureInfo.InvariantCulture, $"cut {after.TotalSeconds:0.0} s"),
        (_, true) => "survives",
        (_, false) => "deaf",
        _ => "",
    };

    private static string Row(string name, string opens, string first, string median, string p99, string atOnce, string sends, string idle) => string.Join("  ",
        Paper.Pad(name, TransportColumn), Paper.Pad(opens, 7, true), Paper.Pad(first, 7, true), Paper.Pad(median, 7, true), Paper.Pad(p99, 7, true),
        Paper.Pad(atOnce, 7), Paper.Pad(sends, 5), idle).TrimEnd();

    private static void Write(Paper paper, Remedy remedy, IReadOnlyCollection<string> onTheWay, string? product)
    {
        paper.Blank();
        paper.Heading(Capital(remedy.Title));
        paper.Paragraph(remedy.Cause, 2);
        var lines = remedy.Lines.Where(l => product is null || l.Product.Equals(product, StringComparison.OrdinalIgnoreCase))
            .OrderBy(l => IsSeen(l.Product, onTheWay) ? 0 : 1);
        foreach (var (name, text) in lines)
        {
            paper.Paragraph(IsSeen(name, onTheWay) ? $"{name} (seen on the way)" : name, 2, "2");
            paper.Code(text, 6);
        }
    }

    private static bool IsSeen(string product, IReadOnlyCollection<string> onTheWay) =>
        onTheWay.Any(who => who.Contains(product, StringComparison.OrdinalIgnoreCase));

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
