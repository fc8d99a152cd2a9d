using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>The section <c>Chat:Server</c>: how the server introduces itself.</summary>
public sealed class ServerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Server";

    /// <summary>Longest name, in characters.</summary>
    public const int NameMax = 64;

    /// <summary>The server's name for people, 1 to 64 characters; <c>Chat</c>.</summary>
    public string Name { get; init; } = "Chat";

    /// <summary>The server's colour as <c>#rrggbb</c>; none by default.</summary>
    public string? Accent { get; init; }
}

/// <summary>Reports a wrong key at the start.</summary>
internal sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var wrong = new List<string>();
        if (options.Name.Trim().Length is 0 or > ServerOptions.NameMax || options.Name.Any(char.IsControl))
            wrong.Add($"{ServerOptions.Section}:{nameof(options.Name)} must be 1 to {ServerOptions.NameMax} "
                + "characters.");
        if (options.Accent is { } accent
            && !(accent is ['#', .. { Length: 6 } digits] && digits.All(char.IsAsciiHexDigit)))
            wrong.Add($"{ServerOptions.Section}:{nameof(options.Accent)} must be a colour such as #2563eb.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
