using Chat.Client;
using Chat.Client.Console.Doctor;
using Chat.Contracts;
using Chat.Tests.Page;
using Chat.Tests.Page.Browser;
using Chat.Tests.Support;
using Chat.Tests.Support.History;
using Named = Chat.Client.Console.Doctor.Faults;

namespace Chat.Tests.Doctor;

/// <summary>Behind real proxies with bad configurations the doctor names the fault, and both clients talk over what is left.</summary>
[TimeLimit(100)]
public sealed class DoctorTests(PageServer server, Chromium chromium) : IClassFixture<PageServer>
{
    private static readonly CertificateTrust s_trust = new() { Authorities = [TestAuthority.Expected.Certificate] };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10), s_limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("upgrades are stripped", TransportKind.ServerSentEvents, Named.UpgradeStripped)]
    [InlineData("frames are swallowed", TransportKind.ServerSentEvents, Named.FramesSwallowed)]
    [InlineData("event streams are buffered", TransportKind.WebSockets, Named.StreamBuffered)]
    [InlineData("what is silent is cut", null, Named.IdleCut)]
    [InlineData("event streams are compressed", TransportKind.WebSockets, Named.StreamCompressed)]
    [InlineData("the proxy speaks HTTP/1.0", TransportKind.ServerSentEvents, Named.Http10, Named.UpgradeStripped)]
    [InlineData("bodies are small", TransportKind.WebSockets, Named.BodyLimit)]
    [InlineData("the host is another", TransportKind.WebSockets, Named.WrongHost)]
    public async Task The_doctor_names_what_is_wrong_and_people_talk_over_what_is_left(string what, TransportKind? left, params string[] faults)
    {
        await using var way = await BadProxies.StartAsync(what, server.Uri, _ct);
        var isSilent = what == "frames are swallowed";
        var talking = Task.WhenAll(ClientTalksAsync(way.Uri, left, isSilent), PageTalksAsync(way.Uri));
        var report = await ExamineAsync(way.Uri, what == "what is silent is cut" ? TimeSpan.FromSeconds(4) : TimeSpan.Zero);
        Output.Write(string.Join("\n", report.Findings.Append<object>(report.Verdict)));

        Assert.Equal(faults.Order(), report.Findings.Select(f => f.Fault).OfType<string>().Distinct().Order());
        Assert.Equal(Health.Faulty, report.Verdict.Health);
        Assert.All(faults, fault => Assert.Contains(Remedies.TitleOf(fault)!, report.Verdict.Sentence, StringComparison.Ordinal));
        await talking;
    }

    [Theory]
    [InlineData("the certificate is its own", Named.SelfSigned)]
    [InlineData("the certificate is over", Named.Expired)]
    [InlineData("the certificate is somebody else's", Named.Intercepted)]
    public async Task The_doctor_says_what_is_wrong_with_a_certificate_and_nobody_talks(string what, string fault)
    {
        await using var way = await BadProxies.StartAsync(what, server.Uri, _ct);
        // Who expects a certain authority takes whatever is not from it for an interception.
        var trust = fault == Named.SelfSigned ? new CertificateTrust() : s_trust;
        var report = await ExamineAsync(way.Uri, TimeSpan.Zero, trust);
        Output.Write(string.Join("\n", report.Findings.Append<object>(report.Verdict)));

        Assert.Equal([fault], report.Findings.Select(f => f.Fault).OfType<string>());
        Assert.Equal(Health.Broken, report.Verdict.Health);
        await using (var client = new ChatConnection(new ChatOptions { Server = way.Uri, Trust = trust, AccessToken = _ => ValueTask.FromResult<string?>("any") }))
            Assert.Equal(CertificateTrust.ErrorCode, (await Assert.ThrowsAsync<ChatException>(() => client.StartAsync(_ct))).Code);
        await using var page = await chromium.VisitAsync(way.Uri);
        var refused = await Assert.ThrowsAnyAsync<Microsoft.Playwright.PlaywrightException>(() => page.GoAsync("/"));
        Assert.Contains("ERR_CERT", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("caddy")]
    public async Task Behind_a_proxy_as_the_documentation_has_it_nothing_is_wrong(string program)
    {
        await using var trusting = new ChatServer(new Dictionary<string, string> { ["Chat:TrustedProxies:0"] = "127.0.0.1" });
        await using var way = await DocumentedProxy.StartAsync(program, trusting.Uri, _ct);
        var report = await ExamineAsync(new UriBuilder(way.Uri) { Scheme = "https", Host = "localhost" }.Uri, TimeSpan.Zero);

        Assert.Equal([], report.Findings.Where(f => f.Level != Level.Ok));
        Assert.Equal("chat works here over WebSocket, SSE and long polling; nothing is in the way.", report.Verdict.Sentence);
    }

    private Task<Report> ExamineAsync(Uri way, TimeSpan idle, CertificateTrust? trust = null) => Examination.RunAsync(
        new DoctorOptions
        {
            Server = way, Trust = trust ?? s_trust, Idle = idle, Messages = 20, Patience = s_patience,
        }, _ => { }, _ => { }, _ct);

    /// <summary>The client library through the proxy, with somebody who is straight at the server.</summary>
    /// <param name="way">The proxy.</param>
    /// <param name="left">The transport that the client has to end up with; null: any.</param>
    /// <param name="isSilent">
    /// Only silence says that WebSockets do not work, so the client has to give up on them in time. On a busy machine
    /// it may then give up on the next transport, too. Anywhere else it has so much time that only the proxy decides.
    /// </param>
    private async Task ClientTalksAsync(Uri way, TransportKind? left, bool isSilent)
    {
        await using var conversation = await Conversation.BeginAsync(server.Uri, _ct);
        var patience = isSilent ? s_patience : s_limit;
        var through = await conversation.AddAsync(
            "through", null, _ct, way, options => options with { StartTimeout = patience });
        var straight = await conversation.AddAsync("straight", null, _ct);
        await conversation.StartAsync(_ct).WaitAsync(s_limit, _ct);
        await through.SendAsync(conversation.Room.Id, "through it", _ct).WaitAsync(s_limit, _ct);
        await straight.SendAsync(conversation.Room.Id, "back", _ct).WaitAsync(s_limit, _ct);
        await conversation.VerifyAsync(s_limit, _ct);
        if (isSilent)
            Assert.NotEqual(TransportKind.WebSockets, through.Connection.Status.Transport);
        else if (left is not null)
            Assert.Equal(left, through.Connection.Status.Transport);
    }

    private async Task PageTalksAsync(Uri way)
    {
        var owner = await Person.SignUpAsync(server.Uri, _ct);
        var room = await owner.CreateRoomAsync(_ct);
        await using var page = await chromium.VisitAsync(way);
        await page.SignUpAsync($"d{Guid.NewGuid():N}"[..12], $"/r/{room.Id}");
        await page.SendAsync("through it");
        await owner.SayAsync(room.Id, "back", _ct);
        await page.SeesAsync("through it");
        await page.SeesAsync("back");
        Output.Write($"the page is on {await page.ConnectedAsync()}");
    }
}
