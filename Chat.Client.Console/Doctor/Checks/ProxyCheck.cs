namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Which proxy the environment asks for, and whether it counts for this server.</summary>
internal sealed class ProxyCheck : Check
{
    private static readonly string[] s_names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

    public override string Title => "proxy";

    public override Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct) => Task.FromResult<IReadOnlyList<Finding>>([Look(way)]);

    private Finding Look(Way way)
    {
        var set = s_names.Where(name => Value(name) is { Length: > 0 }).ToList();
        var proxy = HttpClient.DefaultProxy.IsBypassed(way.Server) ? null : HttpClient.DefaultProxy.GetProxy(way.Server);
        if (proxy is null || proxy == way.Server)
            return Ok(set is [] ? "none in the environment" : $"{string.Join(", ", set)} set, not used for this server");
        way.Proxy = proxy;
        // A proxy's address may hold a password.
        return Ok($"requests go to {proxy.Scheme}://{proxy.Authority} ({(set is [] ? "the system's setting" : string.Join(", ", set))})");
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) ?? Environment.GetEnvironmentVariable(name.ToLowerInvariant());
}
