using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chat.Server.Lab;

/// <summary>Bytes one way: what is to be sealed, or what came of it.</summary>
internal sealed record Passed(bool FromClient, byte[] Data);

/// <summary>
/// What an eavesdropper sees of a conversation under https: the conversation is held once more, over a real TLS connection whose two ends are both in this
/// process, and what goes between them is noted.
/// </summary>
internal static class SealedTraffic
{
    private const string Host = "chat.example";

    private static readonly Lazy<X509Certificate2> s_certificate = new(MakeCertificate);

    /// <summary>The handshake, then each piece encrypted; ways and order as they were.</summary>
    public static async Task<IReadOnlyList<Passed>> SealAsync(IEnumerable<Passed> plain, CancellationToken cancellation)
    {
        var seen = new List<Passed>();
        var (up, down) = (new Pipe(new PipeOptions(pauseWriterThreshold: 0)), new Pipe(new PipeOptions(pauseWriterThreshold: 0)));
        await using var client = new SslStream(new End(down.Reader, up.Writer, data => Note(true, data)));
        await using var server = new SslStream(new End(up.Reader, down.Writer, data => Note(false, data)));
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = Host,
                // Both ends are ours, and the certificate was made for nothing else.
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == s_certificate.Value.GetCertHashString(),
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            }, cancellation),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = s_certificate.Value,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            }, cancellation));
        foreach (var piece in plain)
            await (piece.FromClient ? client : server).WriteAsync(piece.Data, cancellation);
        lock (seen)
            return [.. seen];

        void Note(bool fromClient, ReadOnlySpan<byte> data)
        {
            lock (seen)
                seen.Add(new Passed(fromClient, data.ToArray()));
        }
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }

    private delegate void Noted(ReadOnlySpan<byte> data);

    /// <summary>One end of the wire.</summary>
    private sealed class End(PipeReader reader, PipeWriter writer, Noted noted) : Stream
    {
        private readonly Stream _from = reader.AsStream();

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => _from.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _from.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            noted(buffer.Span);
            await writer.WriteAsync(buffer, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            noted(buffer.AsSpan(offset, count));
            writer.Write(buffer.AsSpan(offset, count));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
