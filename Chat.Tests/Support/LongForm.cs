namespace Chat.Tests.Support;

/// <summary>
/// Fault tests have a short form, which <c>./test.sh</c> runs, and a long form, which takes minutes:
/// <c>CHAT_TEST_LONG=1 ./test.sh</c>, or <c>./long-checks.sh</c> with everything else that is long.
/// </summary>
public static class LongForm
{
    /// <summary>Whether this run is the long one.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("CHAT_TEST_LONG") is "1" or "true";

    /// <summary>How often something is repeated.</summary>
    /// <param name="times">The number in the short form.</param>
    /// <param name="instead">The number in the long form.</param>
    public static int Of(int times, int instead) => IsOn ? instead : times;
}
