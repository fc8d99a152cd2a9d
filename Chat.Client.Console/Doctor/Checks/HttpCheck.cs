using System.Net;
using System.Net.Quic;
using System.Text.Json;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Which versions of HTTP are spoken, who names themselves in the answers, and whether it is a chat server at all.</summary>
internal sealed class HttpCheck : Check
{
    private const string Path = "health/live";

    public override string Title => "HTTP";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var (head, body) = await way.GetAsync(Path, ct);
        using var _ = head;
        if ((int)head.StatusCode is >= 300 and < 400)
            return [Fail($"{way.Server} leads to {head.Headers.Location}: use that address", Faults.Redirected)];
        if (!IsHealth(body))
            return [Fail($"{(int)head.StatusCode} {head.ReasonPhrase} from {Who(way)}: no chat server answers here", Faults.NotChat)];

        var findings = new List<Finding> { Versions(head.Version, await Others(way, ct)) };
        if (head.Version.Major == 1 && head.Version.Minor == 0)
            findings.Add(Warn($"{Who(way)} speaks HTTP/1.0", Faults.Http10));
        if (way.OnTheWay.Count > 0)
            findings.Add(new Finding("on the way", Level.Ok, string.Join(", ", way.OnTheWay)));
        return findings;
    }

    private Finding Versions(Version first, IEnumerable<(string Name, bool? Spoken)> others)
    {
        var spoken = others.Where(o => o.Spoken is true).Select(o => o.Name).Prepend(first.ToString());
        var not = others.Where(o => o.Spoken is false).Select(o => o.Name).ToList();
        var unable = others.Where(o => o.Spoken is null).Select(o => o.Name).ToList();
        return Ok($"HTTP {string.Join(", ", spoken)}{(not is [] ? "" : $"; not {string.Join(", ", not)}")}{(unable is [] ? "" : $"; {string.Join(", ", unable)} cannot be tried from here")}");
    }

    /// <summary>Null: this machine cannot speak it.</summary>
    private static async Task<List<(string Name, bool? Spoken)>> Others(Way way, CancellationToken ct)
    {
        // Without TLS nobody offers more than 1.1 to browsers.
        if (way.Server.Scheme != Uri.UriSchemeHttps)
            return [];
        var third = CanQuic ? await SpeaksAsync(way, HttpVersion.Version30, ct) : (bool?)null;
        return [("2", await SpeaksAsync(way, HttpVersion.Version20, ct)), ("3", third)];
    }

    private static bool CanQuic => (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows()) && QuicConnection.IsSupported;

    private static async Task<bool> SpeaksAsync(Way way, Version version, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Path, UriKind.Relative)) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using var answer = await way.SendAsync(request, ct);
            return answer.Version == version;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            return false;
        }
    }

    private static bool IsHealth(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.TryGetProperty("status", out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Who(Way way) => way.OnTheWay.Count > 0 ? string.Join(", ", way.OnTheWay) : "somebody on the way";
}
