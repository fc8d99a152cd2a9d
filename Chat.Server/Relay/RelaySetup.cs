using Microsoft.Extensions.Options;

namespace Chat.Server.Relay;

/// <summary>Puts the relay together. The only code that knows which backplane runs.</summary>
public static class RelaySetup
{
    public static void AddRelay(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RelayOptions>().BindConfiguration(RelayOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RelayOptions>, RelayOptionsRules>();
        builder.Services.AddSingleton<IBackplane, SingleNode>();
        builder.Services.AddSingleton<NodeRelay>();
        builder.Services.AddHostedService<Sweeper>();
    }
}
