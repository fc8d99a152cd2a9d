namespace Chat.Bench.Load;

/// <summary>Texts as long as people's are: mostly a few words, seldom many.</summary>
internal static class Words
{
    private static readonly string[] s_words =
        ["yes", "no", "the", "server", "room", "I", "think", "we", "tomorrow", "should", "look", "again", "at", "it", "and", "then", "meet", "later", "👍", "good", "what", "about", "lunch", "天气", "很好"];

    /// <summary>A new one: 1 to 60 words, 6 in the middle.</summary>
    public static string Some() =>
        string.Join(' ', Enumerable.Range(0, Math.Clamp((int)Math.Exp(1.8 + (0.9 * Normal())), 1, 60)).Select(_ => s_words[Random.Shared.Next(s_words.Length)]));

    private static double Normal() => Math.Sqrt(-2 * Math.Log(1 - Random.Shared.NextDouble())) * Math.Cos(2 * Math.PI * Random.Shared.NextDouble());
}
