using System.IO.Compression;
using System.Net;
using Chat.Tests.Accounts;

namespace Chat.Tests.Page;

public sealed class PageTests(PageServer server) : IClassFixture<PageServer>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/?invite=1")]
    [InlineData("/r/01hxyz")]
    [InlineData("/r/01hxyz/42")]
    public async Task The_addresses_of_the_page_open_it(string path)
    {
        using var answer = await server.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("<!doctype html>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/r")]
    [InlineData("/r/room/here")]
    [InlineData("/r/room/1/2")]
    [InlineData("/api/nowhere")]
    [InlineData("/hubs/nowhere")]
    [InlineData("/assets/index-00000000.js")]
    [InlineData("/assets/")]
    public async Task Other_addresses_are_refused_as_ever(string path)
    {
        using var answer = await server.GetAsync(path);
        await answer.RefusesAsync(404, "not_found");
    }

    [Fact]
    public async Task The_page_can_only_be_read()
    {
        using var answer = await server.SendAsync(HttpMethod.Post, "/");
        await answer.RefusesAsync(405, "invalid");
    }

    [Fact]
    public async Task Every_file_says_what_it_is_and_allows_nothing_but_ourselves()
    {
        foreach (var path in (string[])["/", "/r/room/7", .. PageServer.Paths])
        {
            using var answer = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEqual("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
            Safe(answer);
            PolicyIsStrict(answer);
        }
    }

    [Theory]
    [InlineData("/api/account", 401)]
    [InlineData("/api/nowhere", 404)]
    [InlineData("/health/live", 200)]
    [InlineData("/openapi/v1.json", 200)]
    public async Task Answers_of_the_interface_are_not_guessed_at(string path, int status)
    {
        using var answer = await server.GetAsync(path);
        Assert.Equal(status, (int)answer.StatusCode);
        Safe(answer);
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("br;q=0.1, gzip;q=0.9", "gzip")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("*", "br")]
    [InlineData("BR", "br")]
    [InlineData("deflate", null)]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("*;q=0", null)]
    [InlineData("identity, br;q=0.5", null)]
    [InlineData("br;q=x", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task The_form_is_the_smallest_that_the_client_takes(string? accepted, string? coding)
    {
        using var plain = await server.GetAsync(PageServer.Styles);
        using var answer = await server.GetAsync(PageServer.Styles, accepted);
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", Assert.Single(answer.Headers.Vary));
        Assert.Equal(coding is null, plain.Headers.ETag!.Tag == answer.Headers.ETag!.Tag);
        Assert.Equal(coding is not null, answer.Content.Headers.ContentLength < plain.Content.Headers.ContentLength);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream decoded = coding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(decoded);
        Assert.Equal(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_named_by_its_content_is_kept_for_ever_and_the_rest_is_asked_for_again()
    {
        foreach (var path in PageServer.Paths)
        {
            using var answer = await server.GetAsync(path);
            var named = path.StartsWith("/assets/", StringComparison.Ordinal);
            Assert.Equal(named ? "public, max-age=31536000, immutable" : "no-cache", answer.Headers.CacheControl?.ToString());
            if (named) Assert.Matches(@"-[\w-]{8}\.\w+$", path);
        }
        Assert.Contains("/sw.js", PageServer.Paths);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task Who_has_it_already_is_told_so(string? encoding)
    {
        foreach (var path in (string[])["/", "/r/room", "/sw.js"])
        {
            using var first = await server.GetAsync(path, encoding);
            using var again = await server.GetAsync(path, encoding, first.Headers.ETag!.Tag);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            PolicyIsStrict(again);
            using var other = await server.GetAsync(path, encoding, "\"another\"");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Fact]
    public async Task HEAD_answers_as_GET_without_the_content()
    {
        foreach (var path in (string[])["/", PageServer.Styles])
        {
            using var get = await server.GetAsync(path, "br");
            using var head = await server.SendAsync(HttpMethod.Head, path, "br");
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
            Assert.Equal(get.Headers.ETag, head.Headers.ETag);
            Assert.Equal(get.Content.Headers.ContentEncoding, head.Content.Headers.ContentEncoding);
            PolicyIsStrict(head);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("/../appsettings.json")]
    [InlineData("/assets/../../appsettings.json")]
    [InlineData("/assets/..%2f..%2fappsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/assets/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("/..%5cappsettings.json")]
    [InlineData("/%252e%252e/appsettings.json")]
    [InlineData("//appsettings.json")]
    [InlineData("/appsettings.json")]
    [InlineData("/Chat.Server.dll")]
    [InlineData("/index.html.br")]
    [InlineData("/index.html%00.js")]
    public async Task Nothing_but_the_page_can_be_reached(string path)
    {
        var answer = await server.RawAsync(path);
        Assert.Matches(@"\AHTTP/1\.1 40[04] ", answer);
        Assert.DoesNotContain("Logging", answer, StringComparison.Ordinal);
    }

    private static void Safe(HttpResponseMessage answer)
    {
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
    }

    private static void PolicyIsStrict(HttpResponseMessage answer)
    {
        var policy = Header(answer, "Content-Security-Policy").Split("; ").ToDictionary(rule => rule.Split(' ')[0], rule => rule[(rule.IndexOf(' ') + 1)..]);
        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal("'none'", policy["base-uri"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.Equal("'script'", policy["require-trusted-types-for"]);
        Assert.Equal("chat", policy["trusted-types"]);
        Assert.Equal("'self' data: blob:", policy["img-src"]);
        foreach (var (name, sources) in policy)
            Assert.True(sources == "'self'" || name is "default-src" or "base-uri" or "frame-ancestors" or "require-trusted-types-for" or "trusted-types" or "img-src", $"{name} {sources}");
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
