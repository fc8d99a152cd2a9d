using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Client.Console.Profile;

/// <summary>
/// Where this program keeps what it must remember: <c>$XDG_CONFIG_HOME/chat</c>, or the platform's folder for such things.
/// Only its owner can enter it.
/// </summary>
public static partial class ProfileFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder's path; it need not exist.</summary>
    public static string Path
    {
        get
        {
            var settings = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return settings.Length == 0
                ? throw new ChatException(ErrorCodes.Invalid, "There is no configuration folder: set HOME or XDG_CONFIG_HOME.")
                : System.IO.Path.Combine(settings, "chat");
        }
    }

    /// <summary>The path of a file in the folder, which is made if it does not exist.</summary>
    public static string File(string name)
    {
        Make(Path);
        return System.IO.Path.Combine(Path, name);
    }

    /// <summary>Throws <c>invalid</c> unless the name can be that of a file everywhere.</summary>
    public static string Checked(string profile) => ProfileName().IsMatch(profile)
        ? profile
        : throw new ChatException(ErrorCodes.Invalid, "A profile's name is 1 to 64 letters, digits, hyphens and underscores.");

    internal static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex ProfileName();
}
