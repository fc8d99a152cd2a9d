using Chat.Client.Console.Doctor.Checks;
using Chat.Client.Console.Doctor.Trials;

namespace Chat.Client.Console.Doctor;

/// <summary>Everything that was found out.</summary>
/// <param name="Findings">In the order of the looking, those of the transports last.</param>
/// <param name="Transports">None if it did not come to that.</param>
/// <param name="OnTheWay">Who named themselves in the answers.</param>
/// <param name="Verdict">What it comes to.</param>
public sealed record Report(IReadOnlyList<Finding> Findings, IReadOnlyList<TrialReport> Transports, IReadOnlyCollection<string> OnTheWay, Verdict Verdict)
{
    /// <summary>The faults that can be mended, each once, in the order in which they were found.</summary>
    public IEnumerable<Remedy> Remedies => Findings.Where(f => f.Level is Level.Warn or Level.Fail && f.Fault is not null)
        .Select(f => f.Fault!).Distinct().Select(f => Doctor.Remedies.All.GetValueOrDefault(f)).OfType<Remedy>();
}

/// <summary>Looks at the way from here to a server, from the name to every transport.</summary>
public static class Examination
{
    private static readonly Check[] s_checks =
        [new ProxyCheck(), new NameCheck(), new TcpCheck(), new TlsCheck(), new HttpCheck(), new AccountCheck(), new MirrorCheck(), new NegotiateCheck(), new SizeCheck(), new CacheCheck()];

    /// <summary>Looks, and cleans up behind itself, also when cancelled.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="doing">Told what is being done.</param>
    /// <param name="found">Told each finding of the way as it is made; those of the transports are in the report only.</param>
    /// <param name="ct">Gives up, with <see cref="OperationCanceledException"/>.</param>
    public static async Task<Report> RunAsync(DoctorOptions options, Action<Step> doing, Action<Finding> found, CancellationToken ct)
    {
        using var way = new Way(options);
        var findings = new List<Finding>();
        IReadOnlyList<TrialReport> transports = [];
        try
        {
            if (await LookAsync(way, findings, doing, found, ct))
            {
                transports = await TryTransportsAsync(way, findings, doing, ct);
                findings.AddRange(transports.SelectMany(Diagnosis.Of));
            }
        }
        finally
        {
            await way.CleanUpAsync();
        }
        return new Report(findings, transports, way.OnTheWay, Diagnosis.Of(findings, transports, Doctor.Remedies.TitleOf));
    }

    /// <summary>Whether transports can be tried.</summary>
    private static async Task<bool> LookAsync(Way way, List<Finding> findings, Action<Step> doing, Action<Finding> found, CancellationToken ct)
    {
        foreach (var check in s_checks)
        {
            doing(new Step(check.Title));
            var brought = await RunAsync(check, way, ct);
            foreach (var finding in brought)
                found(finding);
            findings.AddRange(brought);
            if (check.IsVital && brought.Any(f => f.Level == Level.Fail))
                return false;
        }
        return true;
    }

    private static async Task<IReadOnlyList<TrialReport>> TryTransportsAsync(Way way, List<Finding> findings, Action<Step> doing, CancellationToken ct)
    {
        await using var transports = new SideBySide(way, doing);
        try
        {
            return await transports.RunAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or TimeoutException or IOException)
        {
            findings.Add(new Finding("messages", Level.Fail, $"none can be sent over plain HTTP: {Innermost(e)}", Faults.DoesNotOpen));
            return [];
        }
    }

    private static string Innermost(Exception e) => (e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static async Task<IReadOnlyList<Finding>> RunAsync(Check check, Way way, CancellationToken ct)
    {
        try
        {
            return await check.RunAsync(way, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OutOfMemoryException)
        {
            return [new Finding(check.Title, Level.Fail, Innermost(e))];
        }
    }
}
