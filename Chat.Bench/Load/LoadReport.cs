using System.Globalization;
using System.Text;

namespace Chat.Bench.Load;

/// <summary>What was found, as a table, a picture in text, a picture in SVG, and a sentence.</summary>
internal static class LoadReport
{
    private const int Width = 60;

    /// <summary>Above the rows.</summary>
    public static string Head => "people  messages/s  deliveries/s  median ms    p99 ms  failed %  missing %  own late ms  own cores %";

    /// <summary>A step.</summary>
    public static string Row(Step s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.People,6}  {s.Messages,10:0.0}  {s.Deliveries,12:0}  {s.Median.TotalMilliseconds,9:0.0}  {s.P99.TotalMilliseconds,8:0.0}  {s.Failed * 100,8:0.00}  {s.Missing * 100,9:0.00}  {s.Lateness.TotalMilliseconds,11:0.0}  {s.LoadShare * 100,11:0}");

    /// <summary>The p99 of each step as a bar on a logarithmic scale, with the limit.</summary>
    public static string Plot(LoadRun run, IReadOnlyList<Step> steps)
    {
        if (steps.Count == 0)
            return "";
        var scale = new Scale(run, steps);
        var limit = (int)(scale.Of(run.Limit) * Width);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"p99, logarithmic; | is the limit, {run.Limit.TotalMilliseconds:0} ms\n");
        foreach (var step in steps)
        {
            var bar = new string('#', (int)(scale.Of(step.P99) * Width)).PadRight(Width + 1).ToCharArray();
            bar[limit] = '|';
            text.Append(CultureInfo.InvariantCulture, $"{step.People,6} {new string(bar).TrimEnd()}\n");
        }
        return text.ToString();
    }

    /// <summary>How many people it holds.</summary>
    public static string Verdict(LoadRun run, IReadOnlyList<Step> steps)
    {
        var held = steps.LastOrDefault(s => s.Broken(run) is null);
        var holds = held is null ? "It did not hold the first step" : string.Create(CultureInfo.InvariantCulture, $"It held {held.People} people");
        return steps switch
        {
            [] => "Nothing was measured.",
            [.., var last] when last.IsOurs(run) => $"{holds}, and then this program's machine was at its end, not necessarily the server's: run it on another machine, or on more cores.",
            [.., var last] when last.Broken(run) is { } why => string.Create(CultureInfo.InvariantCulture, $"{holds}; with {last.People}, {why}."),
            _ => $"{holds}; more were not tried.",
        };
    }

    /// <summary>The median and the p99 over the number of people, with the limit.</summary>
    public static string Svg(LoadRun run, IReadOnlyList<Step> steps)
    {
        const int left = 70, right = 620, top = 30, bottom = 300;
        var scale = new Scale(run, steps);
        var (fewest, most) = (steps.Select(s => s.People).DefaultIfEmpty(1).Min(), steps.Select(s => s.People).DefaultIfEmpty(1).Max());
        var svg = new StringBuilder()
            .Append("""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 340" font-family="sans-serif" font-size="12">""")
            .Append("""<rect width="640" height="340" fill="#fff"/>""")
            .Append(CultureInfo.InvariantCulture, $"""<text x="{left}" y="18">Delivery in milliseconds over people, both logarithmic: p99 red, median blue, limit dashed</text>""");
        foreach (var mark in scale.Marks)
            svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{left}" x2="{right}" y1="{Y(mark):0}" y2="{Y(mark):0}" stroke="#ddd"/><text x="{left - 6}" y="{Y(mark) + 4:0}" text-anchor="end">{mark.TotalMilliseconds:0.##}</text>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{left}" x2="{right}" y1="{Y(run.Limit):0}" y2="{Y(run.Limit):0}" stroke="#000" stroke-dasharray="4"/>""");
        foreach (var step in steps)
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{X(step):0}" y="{bottom + 20}" text-anchor="middle">{step.People}</text>""");
        Line("#06c", s => s.Median);
        Line("#c00", s => s.P99);
        return svg.Append("</svg>\n").ToString();

        double X(Step step) => right - ((right - left) * 0.95 * (most == fewest ? 0 : Math.Log((double)most / step.People) / Math.Log((double)most / fewest)));
        double Y(TimeSpan time) => bottom - ((bottom - top) * scale.Of(time));
        void Line(string colour, Func<Step, TimeSpan> of)
        {
            var points = string.Join(' ', steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{X(s):0},{Y(of(s)):0}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            foreach (var step in steps)
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(step):0}" cy="{Y(of(step)):0}" r="3" fill="{colour}"/>""");
        }
    }

    /// <summary>From a tenth of a millisecond to ten times the limit, or what was worse.</summary>
    private sealed class Scale(LoadRun run, IReadOnlyList<Step> steps)
    {
        private const double Lowest = 0.1;

        private readonly double _decades = Math.Ceiling(Math.Log10(steps.Select(s => s.P99).Append(run.Limit * 2).Max().TotalMilliseconds / Lowest));

        /// <summary>The powers of ten.</summary>
        public IEnumerable<TimeSpan> Marks => Enumerable.Range(0, (int)_decades + 1).Select(n => TimeSpan.FromMilliseconds(Lowest * Math.Pow(10, n)));

        /// <summary>Where a time is, from 0 to 1.</summary>
        public double Of(TimeSpan time) => Math.Clamp(Math.Log10(Math.Max(time.TotalMilliseconds, Lowest) / Lowest) / _decades, 0, 1);
    }
}
