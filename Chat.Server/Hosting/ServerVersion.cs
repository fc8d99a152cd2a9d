using System.Reflection;

namespace Chat.Server.Hosting;

/// <summary>The program's version, for people. No decision depends on it.</summary>
internal static class ServerVersion
{
    public static string Text { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "";
}
