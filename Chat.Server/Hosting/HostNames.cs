using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Primitives;

namespace Chat.Server.Hosting;

/// <summary>
/// Decides which names in <c>Host</c> this server answers to. A foreign page may give its own name this machine's
/// address (DNS rebinding), and a browser then takes both for the same origin; only the name tells them apart.
/// Thread-safe.
/// </summary>
internal sealed class HostNames(IConfiguration configuration, IServer server, IHostApplicationLifetime lifetime)
{
    /// <summary>
    /// The configuration key: names separated by <c>;</c>, <c>*.example</c> for all below one, <c>*</c> for any.
    /// </summary>
    public const string Key = "AllowedHosts";

    /// <summary>Names that no DNS server may give to another machine (RFC 6761).</summary>
    private static readonly string[] s_loopback = ["localhost", "*.localhost"];

    private Names? _names;

    private Names Current => _names ?? Read();

    /// <summary>Whether the server answers to any name although nobody has configured that.</summary>
    public bool IsUnrestricted => Current is { Patterns: null, IsConfigured: false };

    /// <summary>
    /// Whether the server answers to this name. Requests without a name pass: HTTP/1.0 allows them, and no browser
    /// sends them.
    /// </summary>
    public bool Allow(HostString host)
    {
        if (!host.HasValue || Current is not { Patterns: { } patterns } names)
            return true;
        // An IP address passes, because DNS cannot point it at another machine.
        return HostString.MatchesAny(host.Host, patterns)
            || (!names.IsConfigured && IPAddress.TryParse(host.Host, out _));
    }

    /// <summary>The addresses are known for certain once the server has started.</summary>
    private Names Read()
    {
        var configured = (configuration[Key] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var names = configured switch
        {
            [] => IsLoopbackOnly() ? new Names(Patterns(s_loopback), IsConfigured: false)
                : new Names(null, IsConfigured: false),
            _ => new Names(configured.Contains("*") ? null : Patterns(configured), IsConfigured: true),
        };
        if (lifetime.ApplicationStarted.IsCancellationRequested)
            _names = names;
        return names;
    }

    /// <summary>Pages of the configured origins call the server by their own names.</summary>
    private List<StringSegment> Patterns(IEnumerable<string> names) =>
    [
        .. names.Select(name => new StringSegment(name)),
        .. (configuration.GetSection($"{AccountOptions.Section}:{nameof(AccountOptions.Origins)}").Get<string[]>()
            ?? [])
            .Select(Origin.Parse).OfType<Origin>().Select(origin => new StringSegment(origin.Host)),
    ];

    private bool IsLoopbackOnly() =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses is { Count: > 0 } addresses
        && addresses.All(ListeningAddresses.IsLoopback);

    /// <param name="Patterns">The patterns that <c>Host</c> has to match; null for any name.</param>
    /// <param name="IsConfigured">Whether <see cref="Key"/> is set.</param>
    private sealed record Names(List<StringSegment>? Patterns, bool IsConfigured);
}

/// <summary>Refuses requests for foreign names before anything else looks at them.</summary>
internal sealed class HostCheck(RequestDelegate next, HostNames names, TimeProvider time, ILogger<HostCheck> logger)
{
    /// <summary>
    /// Balancers and other nodes use whatever address they know for these paths. The answers hold no personal data.
    /// </summary>
    private static readonly string[] s_open = ["/health/live", "/health/ready", Cluster.NodeHttp.WhoAmI];

    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private long _saidAt = long.MinValue;

    public Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host;
        if (names.Allow(host)
            || Array.Exists(s_open, path => context.Request.Path.Equals(path, StringComparison.OrdinalIgnoreCase)))
            return next(context);
        Say(host.Host);
        SafeHeaders.Add(context.Response.Headers);
        return Problems.WriteAsync(context, new ChatException(ErrorCodes.Invalid,
            $"Host: this server does not answer to this name; its {HostNames.Key} lists the names"));
    }

    /// <summary>Logs at most once a minute, because anybody can send any name.</summary>
    private void Say(string host)
    {
        var (now, said) = (time.GetTimestamp(), Interlocked.Read(ref _saidAt));
        if ((said == long.MinValue || time.GetElapsedTime(said, now) >= s_quiet)
            && Interlocked.CompareExchange(ref _saidAt, now, said) == said)
            logger.HostRefused(host.Length > 100 ? host[..100] : host, HostNames.Key);
    }
}

/// <summary>Puts the check of <c>Host</c> into the server.</summary>
internal static class HostNamesSetup
{
    public static void AddHostNames(this IServiceCollection services)
    {
        services.AddSingleton<HostNames>();
        services.AddSingleton<IStartupFilter, HostsFirst>();
        // The framework's own filter reads the same key and would answer with a page of HTML.
        services.PostConfigure<Microsoft.AspNetCore.HostFiltering.HostFilteringOptions>(filter =>
            filter.AllowedHosts = ["*"]);
    }

    /// <summary>Warns once, at the start, that the server answers to any name.</summary>
    public static void SayIfAnyHostIsAnswered(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        if (app.Services.GetRequiredService<HostNames>().IsUnrestricted)
            app.Services.GetRequiredService<ILogger<HostCheck>>().AnyHost(HostNames.Key);
    });

    private sealed class HostsFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<HostCheck>();
            next(app);
        };
    }
}
