using Chat.Server.Hosting;

namespace Chat.Server.Lab;

/// <summary>The section <c>Chat:Lab</c>.</summary>
public sealed class LabOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Lab";

    /// <summary>
    /// The TLS conversations that one user, and all users of a node together, may have sealed in a minute.
    /// </summary>
    internal const int SealsPerMinute = 30, SealsPerMinuteOfAll = 300;

    /// <summary>
    /// Whether there is the page <c>/lab</c>, and taps on the requests that it makes. The default is true if only
    /// people of this machine use the server. False leaves no trace of either.
    /// </summary>
    public bool? Enabled { get; init; }

    /// <summary>As the configuration has it, for what is decided before there are services.</summary>
    internal static bool IsEnabled(IConfiguration configuration) =>
        configuration.GetValue<bool?>($"{Section}:{nameof(Enabled)}")
            ?? ListeningAddresses.AreForThisMachineOnly(configuration);
}
