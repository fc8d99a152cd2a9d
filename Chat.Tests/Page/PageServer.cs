using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Chat.Tests.Support;

namespace Chat.Tests.Page;

/// <summary>
/// The built server with its page, one for all tests of a class, which keep to rooms and people of their own; and a client that shows answers as
/// they came over the wire.
/// </summary>
public sealed class PageServer : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false });
    private ServerProcess? _server;

    /// <summary>What the build left for the server: its paths, such as <c>/assets/index-x.js</c>, without the compressed forms.</summary>
    public static string[] Paths { get; } = FindPaths();

    /// <summary>The fingerprinted styles that every page needs.</summary>
    public static string Styles { get; } = Paths.First(path => path.EndsWith(".css", StringComparison.Ordinal));

    /// <summary>Where it listens.</summary>
    public Uri Uri => _server!.Uri;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.RunAsync(
        // Proxies of tests bring names of their own. The lab is off then, unless somebody says otherwise.
        TestContext.Current.CancellationToken,
        new Dictionary<string, string> { ["AllowedHosts"] = "*", ["Chat:Lab:Enabled"] = "true" });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server!.DisposeAsync();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? encoding = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Uri, path));
        if (encoding is not null) Assert.True(request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding));
        if (ifNoneMatch is not null) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(ifNoneMatch));
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? encoding = null, string? ifNoneMatch = null) =>
        SendAsync(HttpMethod.Get, path, encoding, ifNoneMatch);

    public async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The whole answer to a path that a client library would tidy up first.</summary>
    public async Task<string> RawAsync(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Uri.Host, Uri.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {Uri.Authority}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string[] FindPaths()
    {
        var folder = Path.Combine(Path.GetDirectoryName(ServerBinary.Path)!, "wwwroot");
        return
        [
            .. from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
               where Path.GetExtension(file) is not (".br" or ".gz")
               select "/" + Path.GetRelativePath(folder, file),
        ];
    }
}
