using Microsoft.Extensions.Options;

namespace Chat.Server.Cluster;

/// <summary>The section <c>Chat:Node</c>; only a node of a cluster needs it.</summary>
public sealed class NodeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Node";

    /// <summary>Where the other nodes reach this one, such as <c>http://10.0.0.3:8080</c>; null: its own address as found at start.</summary>
    public string? Url { get; init; }
}

/// <summary>Says at start which key is wrong.</summary>
internal sealed class NodeOptionsRules : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options) =>
        string.IsNullOrEmpty(options.Url) || OwnAddress.Parse(options.Url) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{NodeOptions.Section}:{nameof(options.Url)} must be where other nodes reach this one, such as http://10.0.0.3:8080, not \"{options.Url}\".");
}
