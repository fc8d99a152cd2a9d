using System.Text;
using Chat.Contracts;

namespace Chat.Server.Accounts;

/// <summary>Which passwords there are: long enough, and no rule about what is in them (NIST SP 800-63B).</summary>
public static class PasswordRule
{
    /// <summary>Shortest and longest password, in characters.</summary>
    public const int Min = 8;

    /// <inheritdoc cref="Min"/>
    public const int Max = 128;

    /// <summary>The password as it is hashed.</summary>
    /// <exception cref="ChatException"><c>invalid</c></exception>
    public static string Check(string? password)
    {
        var length = password?.EnumerateRunes().Count();
        if (length is null or < Min or > Max) throw new ChatException(ErrorCodes.Invalid, $"password: {Min} to {Max} characters");
        return Compose(password!);
    }

    /// <summary>Keyboards differ in how they compose an é (RFC 8265).</summary>
    public static string Compose(string password) => password.Normalize(NormalizationForm.FormC);
}
