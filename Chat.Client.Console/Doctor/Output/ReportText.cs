using System.Globalization;
using Chat.Client.Console.Doctor.Trials;

namespace Chat.Client.Console.Doctor.Output;

/// <summary>The report for people: the table of the transports, what is wrong with them, the verdict, and what to change.</summary>
internal static class ReportText
{
    /// <summary>Wide enough for what every check is called.</summary>
    public const int CheckColumn = 10;

    private const int TransportColumn = 17;

    /// <param name="writer">Where to.</param>
    /// <param name="report">What was found.</param>
    /// <param name="idle">How long the transports were idle; zero if that was left out.</param>
    /// <param name="product">Only this product's lines; null for all.</param>
    public static void Write(ReportWriter writer, Report report, TimeSpan idle, string? product)
    {
        if (report.Transports is not [])
        {
            writer.Blank();
            Transports(writer, report.Transports, idle);
            var wrong = report.Transports.SelectMany(Diagnosis.Of).Where(f => f.Level is Level.Warn or Level.Fail).ToList();
            if (wrong is not [])
                writer.Blank();
            foreach (var finding in wrong)
                writer.Finding(finding, TransportColumn);
        }
        writer.Blank();
        writer.Heading(Capital(report.Verdict.Sentence));
        foreach (var remedy in report.Remedies)
            Write(writer, remedy, report.OnTheWay, product);
    }

    private static void Transports(ReportWriter writer, IReadOnlyList<TrialReport> transports, TimeSpan idle)
    {
        var header = idle > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"IDLE {idle.TotalSeconds:0.#} s") : "";
        writer.Row(null, Row("TRANSPORT", "OPENS", "FIRST", "MEDIAN", "P99", "AT ONCE", "SENDS", header));
        foreach (var t in transports)
        {
            if (t.IsMissing)
            {
                writer.Row(Level.Skipped, $"{ReportWriter.Pad(t.Name, TransportColumn)}  this server does not have it");
                continue;
            }
            writer.Row(Diagnosis.Of(t).Max(f => f.Level), Row(
                t.Name, ReportWriter.Time(t.Opened), ReportWriter.Time(t.FirstByte), ReportWriter.Time(Arrivals.Quantile(t.RoundTrips, 0.5)), ReportWriter.Time(Arrivals.Quantile(t.RoundTrips, 0.99)),
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
        _ when idle == TimeSpan.Zero || t.Carrier == Carrier.Request || t.Arrival == Arrival.Never => "",
        ({ } after, _) => string.Create(CultureInfo.InvariantCulture, $"cut {after.TotalSeconds:0.0} s"),
        (_, true) => "survives",
        (_, false) => "deaf",
        _ => "",
    };

    private static string Row(string name, string opens, string first, string median, string p99, string atOnce, string sends, string idle) => string.Join("  ",
        ReportWriter.Pad(name, TransportColumn), ReportWriter.Pad(opens, 6, true), ReportWriter.Pad(first, 6, true), ReportWriter.Pad(median, 6, true), ReportWriter.Pad(p99, 6, true),
        ReportWriter.Pad(atOnce, 7), ReportWriter.Pad(sends, 5), idle).TrimEnd();

    private static void Write(ReportWriter writer, Remedy remedy, IReadOnlyCollection<string> onTheWay, string? product)
    {
        writer.Blank();
        writer.Heading(Capital(remedy.Title));
        writer.Paragraph(remedy.Cause, 2);
        var lines = remedy.Lines.Where(l => product is null || l.Product.Equals(product, StringComparison.OrdinalIgnoreCase))
            .OrderBy(l => IsSeen(l.Product, onTheWay) ? 0 : 1);
        foreach (var (name, text) in lines)
        {
            writer.Paragraph(IsSeen(name, onTheWay) ? $"{name} (seen on the way)" : name, 2, "2");
            writer.Code(text, 6);
        }
    }

    private static bool IsSeen(string product, IReadOnlyCollection<string> onTheWay) =>
        onTheWay.Any(who => who.Contains(product, StringComparison.OrdinalIgnoreCase));

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
