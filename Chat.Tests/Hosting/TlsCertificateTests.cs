using System.Security.Cryptography.X509Certificates;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Hosting;

/// <summary>The server's certificate: its own, or one from files.</summary>
public sealed class TlsCertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_certificate_is_made_once_and_kept_where_only_its_owner_reads_the_keys()
    {
        var first = MadeCertificate.Read(Made(), Now);
        var second = MadeCertificate.Read(Made(), Now);

        Assert.Equal(first.Leaf.Thumbprint, second.Leaf.Thumbprint);
        Assert.True(first.Leaf.MatchesHostname("localhost") && first.Leaf.MatchesHostname("127.0.0.1") && first.Leaf.MatchesHostname(Environment.MachineName));
        Assert.Equal(Authority().Subject, first.Leaf.Issuer);
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(_folder.File("tls/ca.pem")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var secret in (string[])["tls/ca-key.pem", "tls/server.pem", "tls/ca.pem"])
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(secret)));
        }
    }

    [Fact]
    public void It_is_renewed_before_it_ends_and_for_a_new_name_with_key_and_authority_as_they_were()
    {
        var first = MadeCertificate.Read(Made(), Now);
        var authority = Authority();

        var later = MadeCertificate.Read(Made(), first.Ends - TimeSpan.FromDays(29));
        var privateName = MadeCertificate.Read(Made("10.9.8.7"), Now);

        Assert.True(later.Ends > first.Ends);
        Assert.True(privateName.Leaf.MatchesHostname("10.9.8.7"));
        Assert.Equal((first.Pin, first.Pin), (later.Pin, privateName.Pin));
        Assert.Equal(authority, Authority());
    }

    [Fact]
    public void The_authority_vouches_for_nobody_else()
    {
        var first = MadeCertificate.Read(Made(), Now);
        var authority = Authority();

        var renamed = MadeCertificate.Read(Made("chat.example"), Now);

        Assert.NotEqual(authority, Authority()); // the former must not sign that name
        Assert.Equal(first.Pin, renamed.Pin);
        Assert.True(renamed.Leaf.MatchesHostname("chat.example"));
    }

    [Fact]
    public void Damaged_files_are_named()
    {
        MadeCertificate.Read(Made(), Now);
        File.WriteAllText(_folder.File("tls/ca-key.pem"), "rubbish");

        var refusal = Assert.Throws<StartException>(() => MadeCertificate.Read(Made(), Now));

        Assert.Contains("ca-key.pem): the file is damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.pem", "server.key", "Chat:Tls:Certificate")]
    [InlineData("server.pem", "missing.key", "Chat:Tls:Key")]
    [InlineData("rubbish", "server.key", "it holds no certificate")]
    [InlineData("server.pem", "rubbish", "it holds no private key")]
    [InlineData("server.pem", "other.key", "it is not the key of the certificate")]
    [InlineData("expired.pem", "expired.key", "it expired on")]
    [InlineData("early.pem", "early.key", "it is valid only from")]
    public void What_is_wrong_with_given_files_is_said(string certificate, string key, string says)
    {
        File.WriteAllText(_folder.File("rubbish"), "rubbish");
        PemPair.Make().WriteTo(_folder);
        PemPair.Make().WriteTo(_folder, "other");
        PemPair.Make(begins: TimeSpan.FromDays(-9), ends: TimeSpan.FromDays(-1)).WriteTo(_folder, "expired");
        PemPair.Make(begins: TimeSpan.FromDays(1)).WriteTo(_folder, "early");

        var refusal = Assert.Throws<StartException>(() => new ServerCertificate(Given(certificate, key),
            TimeProvider.System, Loops(TimeProvider.System), NullLogger<ServerCertificate>.Instance));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_files_are_read_again_when_they_change_and_never_for_the_worse()
    {
        PemPair.Make().WriteTo(_folder);
        var certificate = new ServerCertificate(Given("server.pem", "server.key"), TimeProvider.System,
            Loops(TimeProvider.System), NullLogger<ServerCertificate>.Instance);
        var first = certificate.Current.Pin;

        var renewed = PemPair.Make();
        File.WriteAllText(_folder.File("server.pem"), renewed.Certificate); // the key comes later
        certificate.Look();
        Assert.Equal(first, certificate.Current.Pin);

        renewed.WriteTo(_folder);
        certificate.Look();
        Assert.NotEqual(first, certificate.Current.Pin);
    }

    [Fact]
    public void A_given_one_that_is_not_valid_yet_is_shown_from_its_first_day_on()
    {
        var time = new FakeTimeProvider(Now);
        PemPair.Make().WriteTo(_folder);
        var certificate = new ServerCertificate(Given("server.pem", "server.key"), time, Loops(time),
            NullLogger<ServerCertificate>.Instance);
        var first = certificate.Current.Pin;

        PemPair.Make(begins: TimeSpan.FromDays(2)).WriteTo(_folder);
        certificate.Look();
        Assert.Equal(first, certificate.Current.Pin);

        time.Advance(TimeSpan.FromDays(3));
        certificate.Look();
        Assert.NotEqual(first, certificate.Current.Pin);
    }

    private X509Certificate2 Authority() => X509Certificate2.CreateFromPem(File.ReadAllText(_folder.File("tls/ca.pem")));

    private TlsOptions Made(params string[] names) => new() { Folder = _folder.File("tls"), Names = names };

    private TlsOptions Given(string certificate, string key) => new() { Certificate = _folder.File(certificate), Key = _folder.File(key) };

    private static BackgroundLoops Loops(TimeProvider time) => new(time, NullLogger<BackgroundLoops>.Instance);
}
