namespace Chat.Tests.Support;

/// <summary>Where the server was built, in the configuration that the tests were built in.</summary>
public static class ServerBinary
{
    /// <summary>The full path of <c>Chat.Server.dll</c>.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        // …/Chat.Tests/bin/Debug/net10.0/ → …/Chat.Server/bin/Debug/net10.0/Chat.Server.dll
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = framework.Parent!;
        var path = System.IO.Path.Combine(
            configuration.Parent!.Parent!.Parent!.FullName, "Chat.Server", "bin", configuration.Name, framework.Name, "Chat.Server.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("Build Chat.Server first.", path);
    }
}
