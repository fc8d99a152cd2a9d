using Chat.Tests.Support;

namespace Chat.Tests.Terminal;

/// <summary><c>chat</c> and certificates: first contact, a pin that stays, an authority, and somebody in the middle.</summary>
public sealed class TrustTests(TrustTests.Fixture fixture) : IClassFixture<TrustTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_swapped_certificate_is_refused_with_both_fingerprints_and_what_to_do()
    {
        using var chat = new ChatProgram(fixture.Server.Uri);
        var trusted = fixture.Server.Certificate.Current.Pin;

        var unknown = await chat.RunAsync(Ct, "guest", "first");
        Assert.Equal((8, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("comes from nobody whom this machine trusts", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains($"chat --server {fixture.Server.Uri} --pin {trusted}", unknown.Errors, StringComparison.Ordinal);

        Assert.Equal(new Ran(0, "", ""), await chat.RunAsync(Ct, "guest", "first", "--pin", trusted));
        Assert.Equal(8, (await chat.RunAsync(Ct, "rooms", "--pin", new string('a', 64))).ExitCode);
        Assert.Equal(0, (await chat.RunAsync(Ct, "rooms")).ExitCode); // the pin is kept, the mistyped one is not

        var seen = fixture.Swap();
        foreach (var command in (string[][])[["rooms"], ["rooms", "--transport", "sse"], ["rooms", "--transport", "longpolling"], ["--plain"]])
        {
            var refused = await chat.RunAsync(Ct, command);
            Assert.Equal(8, refused.ExitCode);
            Output.Write(refused.Errors);
            Assert.StartsWith("chat: untrusted_certificate: 127.0.0.1 shows another certificate than the one that you have pinned. Somebody may be in the middle", refused.Errors, StringComparison.Ordinal);
            Assert.Contains($"\n  expected: {trusted}\n  seen:     {seen} (", refused.Errors, StringComparison.Ordinal);
            Assert.Contains($"chat --server {fixture.Server.Uri} --pin {seen}", refused.Errors, StringComparison.Ordinal);
        }

        // The operator has said that it is theirs.
        Assert.Equal(0, (await chat.RunAsync(Ct, "rooms", "--pin", seen)).ExitCode);
    }

    [Fact]
    public async Task An_authority_from_a_file_is_kept_even_if_the_file_is_not()
    {
        using var chat = new ChatProgram(fixture.Own.Uri);
        var copy = Path.Combine(chat.Home, "copy.pem");
        File.Copy(fixture.Own.Folder.File("tls/ca.pem"), copy);

        Assert.Equal(new Ran(0, "", ""), await chat.RunAsync(Ct, "guest", "by-file", "--ca", copy));
        File.Delete(copy);
        Assert.Equal(0, (await chat.RunAsync(Ct, "rooms")).ExitCode);
        Assert.Equal(8, (await chat.RunAsync(Ct, "rooms", "--ca", "none")).ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_a_pin_is_a_mistake_of_the_command_line()
    {
        using var chat = new ChatProgram(new Uri("http://127.0.0.1:1"));

        Assert.Equal(2, (await chat.RunAsync(Ct, "rooms", "--pin", "12:34")).ExitCode);
        Assert.Equal(2, (await chat.RunAsync(Ct, "guest", "x", "--pin", new string('a', 64))).ExitCode); // not https
    }

    /// <summary>One server whose certificate can be swapped, one that made its own.</summary>
    public sealed class Fixture : IAsyncDisposable
    {
        private readonly TemporaryFolder _files = new();

        public Fixture()
        {
            PemPair.Make().WriteTo(_files);
            Server = new TlsServer(new Dictionary<string, string>
            {
                ["Chat:Tls:Certificate"] = _files.File("server.pem"),
                ["Chat:Tls:Key"] = _files.File("server.key"),
            });
            Own = new TlsServer();
        }

        public TlsServer Server { get; }

        public TlsServer Own { get; }

        /// <summary>As somebody in the middle would: another certificate at the same address. Its fingerprint.</summary>
        public string Swap()
        {
            PemPair.Make().WriteTo(_files);
            Server.Certificate.Look();
            return Server.Certificate.Current.Pin;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Own.DisposeAsync();
            _files.Dispose();
        }
    }
}
