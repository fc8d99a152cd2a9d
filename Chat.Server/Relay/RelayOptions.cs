using Microsoft.Extensions.Options;

namespace Chat.Server.Relay;

/// <summary><c>Chat:Relay</c>.</summary>
public sealed class RelayOptions
{
    public const string Section = "Chat:Relay";

    /// <summary>How long a client may take nothing of what is written to it before it is disconnected. Default 60 s.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the newest numbers are compared with the log, in case that word of a commit was lost. Default 30 s.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Rooms with more connected sessions than this show nobody's coming and going: it would cost the square. Default 200.</summary>
    public int PresenceSessions { get; set; } = 200;
}

internal sealed class RelayOptionsRules : IValidateOptions<RelayOptions>
{
    public ValidateOptionsResult Validate(string? name, RelayOptions options)
    {
        if (options.StallTimeout < TimeSpan.FromSeconds(1))
            return ValidateOptionsResult.Fail($"{RelayOptions.Section}:{nameof(RelayOptions.StallTimeout)} must be at least 00:00:01.");
        if (options.SweepInterval < TimeSpan.FromSeconds(1))
            return ValidateOptionsResult.Fail($"{RelayOptions.Section}:{nameof(RelayOptions.SweepInterval)} must be at least 00:00:01.");
        if (options.PresenceSessions < 0)
            return ValidateOptionsResult.Fail($"{RelayOptions.Section}:{nameof(RelayOptions.PresenceSessions)} must not be negative.");
        return ValidateOptionsResult.Success;
    }
}
