using System.Security.Cryptography.X509Certificates;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Client;

/// <summary>Whose certificates a client takes, and what it says about the others.</summary>
public sealed class TrustTests(TlsServer server) : IClassFixture<TlsServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    public async Task A_pinned_server_is_talked_to_over_every_transport(TransportKind kind)
    {
        var person = await server.SignUpAsync(Ct);
        await using var chat = new ChatConnection(person.Options(kind) with { Trust = server.Trust });

        await chat.StartAsync(Ct);

        Assert.Equal((kind, person.User.Id), (chat.Status.Transport, chat.Me?.Id));
    }

    [Theory]
    [InlineData(TransportKind.WebSockets)]
    [InlineData(TransportKind.ServerSentEvents)]
    [InlineData(TransportKind.LongPolling)]
    [InlineData(null)]
    public async Task Another_certificate_than_the_pinned_one_is_final_and_nothing_is_sent(TransportKind? kind)
    {
        var person = await server.SignUpAsync(Ct);
        var pinned = "sha256:" + new string('a', 64);
        var before = server.Requests.Count(r => r.Path.StartsWith(Wire.HubPath, StringComparison.Ordinal));
        await using var chat = new ChatConnection(person.Options(kind) with { Trust = new CertificateTrust { Pin = pinned } });

        var refusal = await Assert.ThrowsAsync<ChatException>(() => chat.StartAsync(Ct));

        Assert.Equal(CertificateTrust.ErrorCode, refusal.Code);
        Assert.Contains($"expected: {pinned}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"seen:     {server.Certificate.Current.Pin}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((ConnectionState.Failed, 1), (chat.Status.State, chat.Status.Attempt));
        Assert.Equal(before, server.Requests.Count(r => r.Path.StartsWith(Wire.HubPath, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_trusts_the_authority_trusts_the_server()
    {
        var authority = CertificateTrust.ParseAuthorities(await File.ReadAllTextAsync(server.Folder.File("tls/ca.pem"), Ct));
        using var accounts = new AccountClient(server.Uri, trust: new CertificateTrust { Authorities = authority });

        Assert.NotNull(await accounts.GuestAsync("by-authority", Ct));
    }

    [Fact]
    public async Task An_authority_counts_for_the_servers_names_only()
    {
        var elsewhere = new UriBuilder(server.Uri) { Host = "[::ffff:127.0.0.1]" }.Uri; // this machine, but not in the certificate
        var authority = CertificateTrust.ParseAuthorities(await File.ReadAllTextAsync(server.Folder.File("tls/ca.pem"), Ct));
        using var byAuthority = new AccountClient(elsewhere, trust: new CertificateTrust { Authorities = authority });
        using var byKey = new AccountClient(elsewhere, trust: server.Trust);
        using var byCertificate = new AccountClient(elsewhere, trust: new CertificateTrust { Pin = Fingerprint.OfCertificate(server.Certificate.Current.Leaf) });

        var refusal = await Assert.ThrowsAsync<ChatException>(() => byAuthority.GuestAsync("by-authority-elsewhere", Ct));

        Assert.Contains("is made for other names than that (localhost, ", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(await byKey.GuestAsync("by-key", Ct));
        Assert.NotNull(await byCertificate.GuestAsync("by-certificate", Ct));
    }

    [Fact]
    public async Task An_unknown_certificate_is_told_with_its_fingerprint()
    {
        using var accounts = new AccountClient(server.Uri);
        using var other = X509Certificate2.CreateFromPem(PemPair.Make().Certificate);
        using var strict = new AccountClient(server.Uri, trust: new CertificateTrust { Authorities = [other] });

        var unknown = await Assert.ThrowsAsync<ChatException>(() => accounts.GuestAsync("nobody", Ct));
        var anothers = await Assert.ThrowsAsync<ChatException>(() => strict.GuestAsync("nobody", Ct));

        Assert.Contains("comes from nobody whom this machine trusts", unknown.Message, StringComparison.Ordinal);
        Assert.Contains(server.Certificate.Current.Pin, unknown.Message, StringComparison.Ordinal);
        Assert.Contains("does not come from the authority that you trust", anothers.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AA:BB", false)]
    [InlineData("sha256:zz", false)]
    [InlineData("SHA256 Fingerprint=00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", true)]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", true)]
    public void A_fingerprint_is_read_as_other_tools_print_it(string text, bool isOne) =>
        Assert.Equal(isOne ? "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" : null, Fingerprint.Parse(text));
}
