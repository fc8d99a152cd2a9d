using System.Text.RegularExpressions;
using Chat.Tests.Cluster;
using Chat.Tests.Support;

namespace Chat.Tests.Doctor;

/// <summary>A real proxy with the configuration of <c>docs/proxies.md</c>, but for its port, its certificate and where the server is.</summary>
internal static partial class DocumentedProxy
{
    public static Task<Balancer> StartAsync(string program, Uri server, CancellationToken ct) => Balancer.StartAsync(program, (port, folder) =>
    {
        var pem = TestAuthority.Expected.Issue().WriteInto(folder);
        var lines = Example(program).Replace("127.0.0.1:5000", server.Authority, StringComparison.Ordinal);
        return program switch
        {
            "nginx" => $$"""
                daemon off; master_process off; pid {{folder}}/pid;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
                  {{CertificateFile().Replace(lines, pem).Replace("listen 443", $"listen 127.0.0.1:{port}", StringComparison.Ordinal)}}
                }
                """,
            "haproxy" => CertificateFile().Replace(lines, pem).Replace("bind :443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal) + "\n",
            _ => "{\n  admin off\n  auto_https off\n}\n" + lines.Replace("chat.example {", $"https://localhost:{port} {{\n  tls {pem} {pem}", StringComparison.Ordinal),
        };
    }, ct);

    /// <summary>The first example of the document in this product's language.</summary>
    private static string Example(string language)
    {
        var text = File.ReadAllText(Repository.File("docs/proxies.md"));
        return Regex.Match(text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }

    [GeneratedRegex("/etc/[a-z/.]+(pem)")]
    private static partial Regex CertificateFile();
}
