using System.Diagnostics;
using System.Net.Sockets;
using Chat.Tests.Support;

namespace Chat.Tests.Cluster;

/// <summary>
/// A real nginx, HAProxy or Caddy on a loopback port: in front of some nodes as it should be (plain round robin, request by request, without any
/// affinity), or with a configuration of the test's own.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find();
    private readonly Process _process;

    private Balancer(string program, Func<int, string, string> configuration)
    {
        File.WriteAllText(_folder.File("conf"), configuration(_port, _folder.Path));
        string[] arguments = program switch
        {
            "nginx" => ["-e", "stderr", "-c"],
            "haproxy" => ["-db", "-f"],
            _ => ["run", "--adapter", "caddyfile", "--config"],
        };
        var start = new ProcessStartInfo(Path(program), [.. arguments, _folder.File("conf")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Caddy keeps what it makes.
        (start.Environment["XDG_DATA_HOME"], start.Environment["XDG_CONFIG_HOME"]) = (_folder.Path, _folder.Path);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Output.Write(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => Output.Write(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where clients connect.</summary>
    public Uri Uri => new($"http://127.0.0.1:{_port}");

    /// <summary>Starts <c>nginx</c> or <c>haproxy</c> as it should be; returns when it listens.</summary>
    public static Task<Balancer> StartAsync(string name, IEnumerable<Uri> nodes, CancellationToken ct) =>
        StartAsync(name, (port, folder) => name == "nginx" ? Nginx(port, folder, nodes) : Haproxy(port, nodes), ct);

    /// <summary>Starts <c>nginx</c>, <c>haproxy</c> or <c>caddy</c>; returns when it listens.</summary>
    /// <param name="name">The program.</param>
    /// <param name="configuration">Given the port to listen on and a folder of its own, what its configuration file holds.</param>
    /// <param name="ct">Gives up waiting.</param>
    public static async Task<Balancer> StartAsync(string name, Func<int, string, string> configuration, CancellationToken ct)
    {
        var balancer = new Balancer(name, configuration);
        await Eventually.TrueAsync(() => ListensAsync(balancer._port), TimeSpan.FromSeconds(20), ct, $"{name} listens");
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>Debian installs both where only root's path leads.</summary>
    private static string Path(string program) => File.Exists($"/usr/sbin/{program}") ? $"/usr/sbin/{program}" : program;

    private static string Nginx(int port, string folder, IEnumerable<Uri> nodes) => $$"""
        daemon off; master_process off; pid {{folder}}/pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
          upstream chat { {{string.Concat(nodes.Select(n => $"server {n.Authority} max_fails=0; "))}} keepalive 32; }
          server {
            listen 127.0.0.1:{{port}};
            location / {
              proxy_pass http://chat; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 1h;
              proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
            }
          }
        }
        """;

    private static string Haproxy(int port, IEnumerable<Uri> nodes) => $"""
        defaults
          mode http
          timeout connect 5s
          timeout client 1h
          timeout server 1h
          # Otherwise it waits 200 ms for more of an event stream before it passes a piece on.
          option http-no-delay
        frontend all
          bind 127.0.0.1:{port}
          default_backend chat
        backend chat
          balance roundrobin
          retries 3
          option redispatch 1
        {string.Concat(nodes.Select((n, i) => $"  server node{i} {n.Authority}\n"))}
        """;

    private static async ValueTask<bool> ListensAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
