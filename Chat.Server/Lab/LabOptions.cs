using Chat.Server.Hosting;

namespace Chat.Server.Lab;

/// <summary>The section <c>Chat:Lab</c>.</summary>
public sealed class LabOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Lab";

    /// <summary>TLS conversations that one user may have held once more in a minute, and all users of a node
    /// together.</summary>
    internal const int SealsPerMinute = 30, SealsPerMinuteOfAll = 300;

    /// <summary>
    /// Whether there is the page <c>/lab</c>, and taps on the requests that it makes. By default where the server
    /// listens on loopback only. False leaves no trace of either.
    /// </summary>
    public bool? Enabled { get; init; }

    /// <summary>As the configuration has it, for what is decided before there are services.</summary>
    internal static bool IsEnabled(IConfiguration configuration) =>
        configuration.GetValue<bool?>($"{Section}:{nameof(Enabled)}")
            ?? ListeningAddresses.AreLoopbackOnly(configuration);
}
