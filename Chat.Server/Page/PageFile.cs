using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Page;

/// <summary>One file of the page, in memory as the build made it: plain, and compressed where that is smaller. Thread-safe.</summary>
internal sealed class PageFile
{
    private static readonly FileExtensionContentTypeProvider Types = new();
    private static readonly (string Coding, string Extension)[] Codings = [("br", ".br"), ("gzip", ".gz")];

    private readonly string _type;
    private readonly string _cache;
    private readonly Form _plain;
    private readonly Form[] _forms;
    private readonly string _hints;

    private PageFile(string folder, string file)
    {
        Path = "/" + System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');
        var type = Types.TryGetContentType(file, out var known) ? known : "application/octet-stream";
        _type = type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
        // The build names what is in assets/ by its content. The others keep their names, and are asked for again each time.
        _cache = Path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        var plain = File.ReadAllBytes(file);
        _hints = _type.StartsWith("text/html", StringComparison.Ordinal) ? PreloadHints.Of(System.Text.Encoding.UTF8.GetString(plain)) : "";
        var hash = Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 10));
        _plain = new Form("identity", plain, hash);
        var compressed = from c in Codings where File.Exists(file + c.Extension) select new Form(c.Coding, File.ReadAllBytes(file + c.Extension), hash);
        _forms = [.. compressed, _plain];
    }

    /// <summary>Where it is served, such as <c>/assets/index-Cwy0l1zu.css</c>.</summary>
    public string Path { get; }

    /// <summary>Reads all that the build put into the folder; nothing if there is none.</summary>
    public static IReadOnlyList<PageFile> ReadAll(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
           where !Codings.Any(c => file.EndsWith(c.Extension, StringComparison.Ordinal))
           select new PageFile(folder, file),
    ];

    /// <summary>Answers a GET or HEAD, in the form that the client prefers; 304 if it has it already.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var form = Best(context.Request.GetTypedHeaders().AcceptEncoding);
        var headers = context.Response.Headers;
        headers.CacheControl = _cache;
        if (_hints.Length > 0)
            headers.Link = _hints;
        if (_forms.Length > 1)
            headers.Vary = HeaderNames.AcceptEncoding;
        if (form != _plain)
            headers.ContentEncoding = form.Coding;
        return TypedResults.Bytes(form.Bytes, _type, entityTag: form.Tag).ExecuteAsync(context);
    }

    /// <summary>The smallest of those that are accepted most; plain if none is.</summary>
    private Form Best(IList<StringWithQualityHeaderValue> accepted) =>
        _forms.Where(form => Quality(accepted, form.Coding) > 0).MaxBy(form => Quality(accepted, form.Coding)) ?? _plain;

    private static double Quality(IList<StringWithQualityHeaderValue> accepted, string coding)
    {
        var named = accepted.FirstOrDefault(a => a.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(a => a.Value == "*");
        // Plain is always accepted unless it is named, but everything that is named is preferred (RFC 9110, 12.5.3).
        return named is null ? (coding == "identity" ? double.Epsilon : 0) : named.Quality ?? 1;
    }

    /// <summary>The content in one coding. Each has a tag of its own, as the bytes differ.</summary>
    private sealed record Form(string Coding, byte[] Bytes, string Hash)
    {
        public EntityTagHeaderValue Tag { get; } = new($"\"{Hash}-{Coding}\"");
    }
}
