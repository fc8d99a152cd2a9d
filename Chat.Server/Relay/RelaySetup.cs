using Chat.Server.Relay.Redis;
using Microsoft.Extensions.Options;

namespace Chat.Server.Relay;

/// <summary>Puts the relay together. The only code that knows which backplane runs.</summary>
public static class RelaySetup
{
    public static void AddRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RelayOptions>().BindConfiguration(RelayOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RelayOptions>, RelayOptionsRules>();
        builder.Services.AddSingleton<RegisteredNodes>();
        if (builder.Configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
            builder.AddRedis(redis);
        else
            builder.Services.AddSingleton<IBackplane, SingleNode>();
        builder.Services.AddSingleton<NodeRelay>();
        builder.Services.AddHostedService<Sweeper>();
    }

    /// <summary>Connects to the other nodes; what is wrong with the way to them is said before anybody connects. Of a node that is alone: nothing.</summary>
    public static Task ConnectRelayAsync(this WebApplication app) => app.Services.GetService<RedisConnection>()?.StartAsync() ?? Task.CompletedTask;

    private static void AddRedis(this WebApplicationBuilder builder, string connection)
    {
        builder.Services.AddSingleton(_ => new RedisConnection(connection));
        builder.Services.AddSingleton<HintSeal>();
        builder.Services.AddSingleton<RedisBackplane>();
        builder.Services.AddSingleton<IBackplane>(services => services.GetRequiredService<RedisBackplane>());
        builder.Services.AddHostedService(services => services.GetRequiredService<RedisBackplane>());
        builder.Services.AddHealthChecks().AddCheck<RedisHealth>("redis", tags: ["ready"]);
    }
}
