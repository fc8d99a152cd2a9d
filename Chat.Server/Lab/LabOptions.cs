namespace Chat.Server.Lab;

/// <summary>The section <c>Chat:Lab</c>.</summary>
public sealed class LabOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Lab";

    /// <summary>Whether there is the page <c>/lab</c>, and taps on the requests that it makes; true. False leaves no trace of either.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>As the configuration has it, for what is decided before there are services.</summary>
    internal static bool IsEnabled(IConfiguration configuration) => configuration.GetValue($"{Section}:{nameof(Enabled)}", true);
}
