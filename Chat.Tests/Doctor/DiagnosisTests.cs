using Chat.Client.Console.Doctor;
using Chat.Client.Console.Doctor.Trials;
using Named = Chat.Client.Console.Doctor.Faults;

namespace Chat.Tests.Doctor;

/// <summary>What was seen, and what is said about it.</summary>
public sealed class DiagnosisTests
{
    private static readonly TrialReport s_socket = Good("hub_websocket", Carrier.Socket), s_stream = Good("hub_sse", Carrier.Stream), s_poll = Good("hub_long_polling", Carrier.WaitingRequest);

    public static TheoryData<string, TrialReport, Level, string?> Reports => new()
    {
        { "all is well", s_socket, Level.Ok, null },
        { "400 in place of 101", s_socket with { Opened = null, Status = 400 }, Level.Fail, Named.UpgradeStripped },
        { "hung up upon", s_socket with { Opened = null, Error = "The remote party closed" }, Level.Fail, Named.UpgradeStripped },
        { "101, and then nothing, not even after it was idle", s_socket with { Arrival = Arrival.Never, FirstByte = null, Awake = false }, Level.Fail, Named.FramesSwallowed },
        { "down, not up", s_socket with { Sends = false }, Level.Fail, Named.FramesSwallowed },
        { "no head", s_stream with { Opened = null, Error = "no answer within 5 s" }, Level.Fail, Named.StreamBuffered },
        { "a head, and no event", s_stream with { Arrival = Arrival.Never }, Level.Fail, Named.StreamBuffered },
        { "all at the end", s_stream with { Arrival = Arrival.HeldBack }, Level.Fail, Named.StreamBuffered },
        { "compressed and held back", s_stream with { Arrival = Arrival.Never, Encoding = "gzip" }, Level.Fail, Named.StreamCompressed },
        { "compressed, at once", s_stream with { Encoding = "gzip" }, Level.Warn, Named.StreamCompressed },
        { "refused", s_stream with { Opened = null, Status = 403 }, Level.Fail, Named.DoesNotOpen },
        { "cut while it was idle", s_poll with { CutAfter = TimeSpan.FromSeconds(2), Awake = null }, Level.Warn, Named.IdleCut },
        { "deaf after it was idle", s_socket with { Awake = false }, Level.Fail, Named.Deaf },
        { "an older server", s_stream with { IsMissing = true, Opened = null, Status = 404 }, Level.Skipped, null },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_trial_has_its_fault(string what, TrialReport report, Level level, string? fault)
    {
        var finding = Assert.Single(Diagnosis.Of(report));
        Assert.True((level, fault) == (finding.Level, finding.Fault), $"{what}: {finding}");
    }

    [Fact]
    public void What_sends_and_is_not_answered_is_told_from_what_does_not_arrive()
    {
        Assert.Contains("does not arrive", Diagnosis.Of(s_socket with { Sends = false })[0].Seen, StringComparison.Ordinal);
        Assert.Contains("the answers do not", Diagnosis.Of(s_socket with { Sends = false, SentUnheard = true })[0].Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_says_over_what_chat_works_and_what_is_wrong()
    {
        Assert.Equal(new Verdict(Health.Fine, "chat works here over WebSocket, SSE and long polling; nothing is in the way."), Verdict(s_socket, s_stream, s_poll));
        Assert.Equal(
            new Verdict(Health.Faulty, "chat works here over SSE and long polling; WebSocket frames are swallowed between you and the server."),
            Verdict(s_socket with { Arrival = Arrival.Never }, s_stream, s_poll));
        Assert.Equal(
            new Verdict(Health.Broken, "chat does not work here: WebSocket upgrades do not come through. Clients without SignalR get through over sse."),
            Verdict(s_socket with { Opened = null }, Good("sse", Carrier.Stream) with { IsHub = false }));
        Assert.Equal(Health.NoAccount, Diagnosis.Of([new Finding("account", Level.Fail, "guests are switched off", Named.NoAccount)], [], Remedies.TitleOf).Health);
        Assert.Equal(
            new Verdict(Health.Broken, "chat does not work here: the certificate is signed by itself."),
            Diagnosis.Of([new Finding("TLS", Level.Fail, "signed by itself", Named.SelfSigned)], [], Remedies.TitleOf));
    }

    [Fact]
    public void A_series_is_at_once_held_back_or_has_gaps()
    {
        Assert.Equal(Arrival.AtOnce, Series(sent => sent + 20));
        // A machine that stands still for a moment is no buffer.
        Assert.Equal(Arrival.AtOnce, Series(sent => Math.Max(sent + 5, sent is > 500 and < 1200 ? 1200 : 0)));
        Assert.Equal(Arrival.Never, Series(_ => null));
        Assert.Equal(Arrival.HeldBack, Series(_ => 3500));
        // A buffer that is full now and then: each piece comes when the next one begins, the last one never.
        Assert.Equal(Arrival.HeldBack, Series(sent => sent < 2000 ? ((sent / 1000) + 1) * 1000 : null));
        Assert.Equal(Arrival.WithGaps, Series(sent => sent == 700 ? null : sent + 5));
    }

    [Fact]
    public void Every_fault_that_a_check_can_name_has_its_section_and_every_proxy_its_lines()
    {
        var faults = typeof(Named).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();
        Assert.Equal(faults.Order(), Remedies.All.Keys.Order());
        Assert.All(Remedies.All.Values, remedy => Assert.True(remedy.Cause.Length > 40, remedy.Fault));
        // What no proxy can mend has none.
        string[] elsewhere = [Named.NameUnknown, Named.Redirected, Named.NoAccount];
        Assert.All(Remedies.All.Values.Where(r => !elsewhere.Contains(r.Fault)),
            remedy => Assert.Equal(["nginx", "HAProxy", "Caddy", "Apache", "IIS"], remedy.Lines.Select(l => l.Product)));
    }

    private static TrialReport Good(string key, Carrier carrier) => new()
    {
        Key = key,
        Name = key,
        Carrier = carrier,
        IsHub = true,
        Opened = TimeSpan.FromMilliseconds(10),
        FirstByte = TimeSpan.FromMilliseconds(11),
        Arrival = Arrival.AtOnce,
        Sends = true,
        Awake = true,
    };

    private static Verdict Verdict(params TrialReport[] reports) => Diagnosis.Of([.. reports.SelectMany(Diagnosis.Of)], reports, Remedies.TitleOf);

    /// <summary>Thirty messages, 100 ms apart.</summary>
    private static Arrival Series(Func<int, int?> heard) => Arrivals.Judge([.. Enumerable.Range(0, 30).Select(i => i * 100)
        .Select(sent => (TimeSpan.FromMilliseconds(sent), heard(sent) is { } at ? TimeSpan.FromMilliseconds(at) : (TimeSpan?)null))]);
}
