namespace Chat.Tests.Support;

/// <summary>The settings that tests start a server with where they do not say otherwise.</summary>
public static class TestSettings
{
    /// <summary>A database in this folder, and limits so high that only a test about limits meets them.</summary>
    public static Dictionary<string, string> For(TemporaryFolder data, IReadOnlyDictionary<string, string>? more = null)
    {
        var settings = new Dictionary<string, string>(NodeProcess.WithoutLimits) { ["ConnectionStrings:Chat"] = $"Data Source={data.File("chat.db")}" };
        foreach (var (key, value) in more ?? new Dictionary<string, string>())
            settings[key] = value;
        return settings;
    }
}
