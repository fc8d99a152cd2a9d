using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Chat.Server.Accounts.Names;

/// <summary>
/// The data of Unicode that .NET lacks: scripts and confusables. The first use reads them from <c>unicode.txt.gz</c>,
/// which takes some milliseconds. Immutable. <c>Data/make.mjs</c> says where the file comes from and makes it again for
/// a newer version.
/// </summary>
internal sealed class UnicodeData
{
    private const string Resource = "Chat.Server.Accounts.Names.unicode.txt.gz";

    private static readonly Lazy<UnicodeData> s_instance = new(() => new UnicodeData());
    private static readonly HashSet<string> s_unknown = [];

    private readonly List<IReadOnlySet<string>?> _sets = [];
    private readonly List<(int First, int Last, int Set)> _ranges = [];
    private readonly Dictionary<int, string> _confusables = [];

    private UnicodeData()
    {
        using var resource = typeof(UnicodeData).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            switch (fields)
            {
                case ["s", "*"]:
                    _sets.Add(null);
                    break;
                case ["s", .. var scripts]:
                    _sets.Add(scripts.ToHashSet(StringComparer.Ordinal));
                    break;
                case ["r", var first, var last, var set]:
                    _ranges.Add((Point(first), Point(last), int.Parse(set, CultureInfo.InvariantCulture)));
                    break;
                case ["c", var source, .. var target]:
                    _confusables[Point(source)] = string.Concat(target.Select(t => new Rune(Point(t)).ToString()));
                    break;
            }
        }
    }

    public static UnicodeData Instance => s_instance.Value;

    /// <summary>
    /// The scripts in which a character is used (Script_Extensions), with the writing systems <c>Hanb</c>, <c>Jpan</c>
    /// and <c>Kore</c> where they use one of its scripts (UTS #39, section 5.1). Null if every script uses it; empty if
    /// it is not known.
    /// </summary>
    public IReadOnlySet<string>? ScriptsOf(Rune rune)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last, set) = _ranges[middle];
            if (rune.Value < first)
                high = middle - 1;
            else if (rune.Value > last)
                low = middle + 1;
            else
                return _sets[set];
        }
        return s_unknown;
    }

    /// <summary>
    /// The characters that a character looks like (UTS #39, section 4); null if it stands for itself.
    /// </summary>
    public string? PrototypeOf(Rune rune) => _confusables.GetValueOrDefault(rune.Value);

    private static int Point(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
