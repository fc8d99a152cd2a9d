using Chat.Tests.Cluster;
using Chat.Tests.Support;

namespace Chat.Tests.Doctor;

/// <summary>A way to the server with something wrong on it: a real proxy, badly configured, and behind it the server or another proxy.</summary>
internal sealed class BadProxies : IAsyncDisposable
{
    private readonly Balancer _first;
    private readonly FaultProxy? _behind;

    private BadProxies(Balancer first, FaultProxy? behind, Uri uri) => (_first, _behind, Uri) = (first, behind, uri);

    /// <summary>Where clients connect.</summary>
    public Uri Uri { get; }

    /// <summary>Sets up the way that is called so.</summary>
    public static async Task<BadProxies> StartAsync(string what, Uri server, CancellationToken ct)
    {
        var swallowing = what == "frames are swallowed" ? new FaultProxy(server) : null;
        swallowing?.Do(_ => new SwallowWebSocketFrames());
        var to = (swallowing?.Uri ?? server).Authority;
        var (program, configuration) = Configuration(what, to);
        var first = await Balancer.StartAsync(program, configuration, ct);
        var isTls = what.StartsWith("the certificate", StringComparison.Ordinal);
        return new BadProxies(first, swallowing, isTls ? new UriBuilder(first.Uri) { Scheme = "https", Host = "localhost" }.Uri : first.Uri);
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        if (_behind is not null)
            await _behind.DisposeAsync();
    }

    private static (string Program, Func<int, string, string> Configuration) Configuration(string what, string to) => what switch
    {
        "upgrades are stripped" => Nginx(to, """proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;"""),
        // What comes by HTTP/1.0 has no pieces, so nginx waits until a buffer is full.
        "event streams are buffered" => Nginx(to, $$"""
            proxy_ignore_headers X-Accel-Buffering; error_page 418 = @socket; if ($http_upgrade) { return 418; } }
            location @socket { proxy_pass http://{{to}}; proxy_set_header Host $http_host; {{Upgrades}}
            """),
        "event streams are compressed" => Nginx(to, $"{Upgrades} gzip on; gzip_types text/event-stream; gzip_proxied any;"),
        "the proxy speaks HTTP/1.0" => Nginx(to, ""),
        "frames are swallowed" => Haproxy(to, "timeout client 1h\n  timeout server 1h"),
        // Streams only: an ordinary answer may take its time, also on a busy machine.
        "what is silent is cut" => Haproxy(
            to, "timeout client 1h\n  timeout server 1h\n  timeout tunnel 2s",
            "http-request set-timeout server 2s if METH_GET { path_beg /hubs/ }"),
        "bodies are small" => Caddy($"request_body {{\n    max_size 8KB\n  }}\n  reverse_proxy {to}"),
        "the host is another" => Caddy($"reverse_proxy {to} {{\n    header_up Host inside.example\n  }}"),
        "the certificate is its own" => Nginx(to, $"{Upgrades} proxy_buffering off;", PemPair.Make()),
        "the certificate is over" => Haproxy(
            to, "timeout client 1h\n  timeout server 1h", certificate: TestAuthority.Expected.Issue(expired: true)),
        "the certificate is somebody else's" => Caddy($"reverse_proxy {to}", new TestAuthority("Somebody in the middle").Issue()),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    /// <summary>With <c>map</c> in <see cref="Nginx"/>.</summary>
    private const string Upgrades = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;";

    private static (string, Func<int, string, string>) Nginx(string to, string lines, PemPair? certificate = null) => ("nginx", (port, folder) => $$"""
        daemon off; master_process off; pid {{folder}}/pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
          server {
            listen 127.0.0.1:{{port}}{{(certificate is null ? "" : " ssl")}};
            {{(certificate is null ? "" : $"ssl_certificate {certificate.WriteInto(folder)}; ssl_certificate_key {folder}/pem;")}}
            location / { proxy_pass http://{{to}}; proxy_set_header Host $http_host; {{lines}} }
          }
        }
        """);

    private static (string, Func<int, string, string>) Haproxy(
        string to, string lines, string rule = "", PemPair? certificate = null) => ("haproxy", (port, folder) => $"""
        defaults
          mode http
          timeout connect 5s
          option http-no-delay
          {lines}
        frontend all
          bind 127.0.0.1:{port}{(certificate is null ? "" : $" ssl crt {certificate.WriteInto(folder)}")}
          default_backend chat
        backend chat
          {rule}
          server chat {to}

        """);

    private static (string, Func<int, string, string>) Caddy(string lines, PemPair? certificate = null) => ("caddy", (port, folder) => $$"""
        {
          admin off
          auto_https off
        }
        {{(certificate is null ? "http" : "https")}}://:{{port}} {
          bind 127.0.0.1
          {{(certificate is null ? "" : $"tls {certificate.WriteInto(folder)} {folder}/pem")}}
          {{lines}}
        }
        """);
}
