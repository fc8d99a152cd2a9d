using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Chat.Server.Hosting;

/// <summary>
/// Whose word counts about who a request comes from: <c>Chat:TrustedProxies</c>. From them the server takes the client's address and scheme; what
/// everybody else writes into <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> means nothing.
/// </summary>
public static class TrustedProxies
{
    /// <summary>The configuration key: a list of addresses and networks.</summary>
    public const string Key = "Chat:TrustedProxies";

    /// <summary>Nothing is trusted where the list is empty.</summary>
    /// <exception cref="StartException">One is neither an address nor a network.</exception>
    public static void AddTrustedProxies(this WebApplicationBuilder builder)
    {
        var listed = builder.Configuration.GetSection(Key).Get<string[]>() ?? [];
        if (listed is [])
            return;
        var networks = listed.Select((text, at) => Parse(text)
            ?? throw new StartException($"{Key}:{at} must be an address or a network, such as 10.0.0.7 or 10.0.0.0/24, not \"{text}\".")).ToList();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks)
                options.KnownIPNetworks.Add(network);
            options.ForwardLimit = null; // the nearest address that is none of the list's is the client's, however many proxies there are
        });
        builder.Services.AddSingleton<IStartupFilter, ForwardedFirst>();
    }

    private static System.Net.IPNetwork? Parse(string text) =>
        System.Net.IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    private sealed class ForwardedFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseForwardedHeaders();
            next(app);
        };
    }
}
