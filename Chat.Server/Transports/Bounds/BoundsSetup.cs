using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Transports.Bounds;

/// <summary>Adds the bounds of the transports for each user to the server.</summary>
public static class BoundsSetup
{
    public static void AddBounds(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UnreadAnswers>();
        builder.Services.AddSingleton<UserBounds>();
        builder.Services.AddHostedService<ConnectedSignIns>();
    }
}

/// <summary>The connections and feeds that users hold open on this node.</summary>
internal sealed class UserBounds(IOptions<LimitOptions> limits, TimeProvider time)
{
    /// <summary>Hub connections, whatever their transport.</summary>
    public OpenLimit Connections { get; } = new(limits.Value.Connections, time);

    /// <summary>Plain feeds: event streams, iframes' pages, bare WebSockets, long polls.</summary>
    public OpenLimit Streams { get; } = new(limits.Value.Streams, time);
}
