using System.IO.Compression;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>Compression as browsers offer it: seen, and undone piece by piece as the pieces come.</summary>
internal static class Compression
{
    /// <summary>Offers it.</summary>
    public static void Accept(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate, br");

    /// <summary>Puts the plain content in place of the compressed one, and returns how it was compressed; null if it was not.</summary>
    public static async Task<string?> UndoAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var encoding = answer.Content.Headers.ContentEncoding.LastOrDefault(e => !e.Equals("identity", StringComparison.OrdinalIgnoreCase))?.ToLowerInvariant();
        if (encoding is null)
            return null;
        var stream = await answer.Content.ReadAsStreamAsync(ct);
        var plain = new StreamContent(encoding switch
        {
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            _ => stream,
        });
        plain.Headers.ContentType = answer.Content.Headers.ContentType;
        answer.Content = plain;
        return encoding;
    }
}
