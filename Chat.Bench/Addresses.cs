using System.CommandLine.Parsing;

namespace Chat.Bench;

/// <summary>Servers' addresses on the command line.</summary>
internal static class Addresses
{
    /// <summary>Takes http and https, and refuses anything else.</summary>
    public static Uri? Parse(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        result.AddError($"{result.Tokens.Single().Value} is not an address like http://localhost:5000");
        return null;
    }
}
