using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// Silences SignalR's log, which holds an error with a stack for each refused call and each message that it cannot
/// read: a client could fill a disk. <see cref="Hosting.RefusedCalls"/> counts refusals instead, and
/// <see cref="Refusals"/> logs faults of the server. To see SignalR's own lines, name the category in
/// <c>Logging:LogLevel</c>.
/// </summary>
internal sealed class QuietDispatcher : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly string[] s_categories =
        ["Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher",
            "Microsoft.AspNetCore.SignalR.HubConnectionHandler"];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        var named = options.Rules.Select(r => r.CategoryName).ToHashSet();
        // A rule for one provider beats a rule for all of them, so each provider that has rules gets one of these too.
        foreach (var provider in options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToList())
        {
            foreach (var category in s_categories.Where(c => !named.Contains(c)))
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Critical, null));
        }
    }
}
