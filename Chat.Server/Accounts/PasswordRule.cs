using System.Text;
using Chat.Contracts;
using Chat.Server.Accounts.Passwords;

namespace Chat.Server.Accounts;

/// <summary>
/// Checks new passwords: they must be long enough, and not among those that attackers try first. There is no other rule
/// about their characters (NIST SP 800-63B).
/// </summary>
public static class PasswordRule
{
    /// <summary>Shortest and longest password, in characters.</summary>
    public const int Min = 8;

    /// <inheritdoc cref="Min"/>
    public const int Max = 128;

    private static readonly string[] s_words = ["chat", "password", "passwort", "login"];

    /// <summary>
    /// Returns a new password in the form that is hashed. The rules do not apply to passwords that accounts have
    /// already.
    /// </summary>
    /// <exception cref="ChatException"><c>invalid</c></exception>
    public static string CheckNew(string? password, string name)
    {
        var length = password?.EnumerateRunes().Count();
        if (length is null or < Min or > Max) throw new ChatException(ErrorCodes.Invalid, $"password: {Min} to {Max} characters");
        if (CommonPasswords.Contains(password!))
            throw new ChatException(ErrorCodes.Invalid, "password: one of the hundred thousand that are tried first");
        if (IsMadeOfKnownWords(password!, name))
            throw new ChatException(ErrorCodes.Invalid,
                "password: your name or 'chat' and a few more characters are quickly guessed");
        return Compose(password!);
    }

    /// <summary>
    /// Whether little of the password is left without the words that anybody would try here: the name, and those of
    /// <see cref="s_words"/>.
    /// </summary>
    private static bool IsMadeOfKnownWords(string password, string name)
    {
        var all = NameKey.Of(password);
        var rest = s_words.Append(NameKey.Of(name)).OrderByDescending(w => w.Length)
            .Aggregate(all, (text, word) => text.Replace(word, "", StringComparison.Ordinal));
        return rest.Length < all.Length && rest.Length < Min && !rest.EnumerateRunes().Any(Rune.IsLetter);
    }

    /// <summary>Keyboards differ in how they compose an é (RFC 8265).</summary>
    public static string Compose(string password) => password.Normalize(NormalizationForm.FormC);
}
