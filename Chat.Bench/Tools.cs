namespace Chat.Bench;

/// <summary>Programs of the machine that a measurement uses if they are there.</summary>
internal static class Tools
{
    /// <summary>Where a program is; null if it is not installed.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
