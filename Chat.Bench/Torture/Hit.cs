using System.Globalization;

namespace Chat.Bench.Torture;

/// <summary>A fault that was, and what became of it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Effective">Whether there was traffic to hit: bytes on the part's ways, and messages on their way.</param>
/// <param name="Recovery">
/// From its end until all who make no trouble were connected and had everything that had been acknowledged by then; null where another fault was in the way.
/// </param>
internal sealed record Hit(string Kind, bool Effective, TimeSpan? Recovery);

/// <summary>All faults so far. Thread-safe.</summary>
internal sealed class Hits
{
    private readonly Lock _lock = new();
    private readonly List<Hit> _all = [];

    /// <summary>How many, and how many of them hit traffic.</summary>
    public (int All, int Effective) Count
    {
        get
        {
            lock (_lock)
                return (_all.Count, _all.Count(h => h.Effective));
        }
    }

    /// <summary>One more.</summary>
    public void Add(Hit hit)
    {
        lock (_lock)
            _all.Add(hit);
    }

    /// <summary>A line for each kind.</summary>
    public IReadOnlyList<string> Table()
    {
        lock (_lock)
        {
            return
            [
                $"{"fault",-28} {"times",6} {"in traffic",11} {"worst recovery",15}  of",
                .. _all.GroupBy(h => h.Kind).OrderBy(k => k.Key, StringComparer.Ordinal).Select(kind =>
                {
                    var recoveries = kind.Select(h => h.Recovery).OfType<TimeSpan>().ToList();
                    var worst = recoveries.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{recoveries.Max().TotalSeconds:0.00} s");
                    return $"{kind.Key,-28} {kind.Count(),6} {kind.Count(h => h.Effective),11} {worst,15}  {recoveries.Count}";
                }),
            ];
        }
    }
}
