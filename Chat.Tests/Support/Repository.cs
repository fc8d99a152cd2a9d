namespace Chat.Tests.Support;

/// <summary>The files that tests use as they lie in the working tree.</summary>
public static class Repository
{
    /// <summary>The path of a file, from the repository's root.</summary>
    public static string File(string path) => Path.Combine(s_root, path);

    private static readonly string s_root =
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;
}
