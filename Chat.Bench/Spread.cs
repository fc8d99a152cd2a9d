using System.Globalization;

namespace Chat.Bench;

/// <summary>What several rounds say: the one in the middle, and how far apart they are.</summary>
internal static class Spread
{
    /// <summary>The middle of at least one value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary><c>median (min–max)</c>.</summary>
    public static string Text(IEnumerable<double> values, string format)
    {
        var all = values.ToArray();
        return $"{Number(Median(all))} ({Number(all.Min())}–{Number(all.Max())})";

        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
