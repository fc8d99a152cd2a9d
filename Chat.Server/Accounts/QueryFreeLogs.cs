using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>
/// ASP.NET's own request lines, and those of what passes requests on to other nodes, hold the query string, and with it <c>access_token</c>. Whatever the configuration says, and for
/// whichever logging provider it says it, they stay silent below a level at which they do not.
/// </summary>
internal sealed class QueryFreeLogs : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly (string Category, LogLevel From)[] s_requestLines =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Yarp.ReverseProxy.Forwarder", LogLevel.Error), // It warns, with a stack, of every connection that a node takes with it.
    ];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // A rule for one provider beats a rule for all of them, so each provider that has rules gets one of these too.
        foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToList())
        {
            foreach (var (category, from) in s_requestLines)
                options.Rules.Add(new LoggerFilterRule(provider, category, null, (_, _, level) => level >= from));
        }
    }
}
