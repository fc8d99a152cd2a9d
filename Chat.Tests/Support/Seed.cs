using System.Globalization;

namespace Chat.Tests.Support;

/// <summary>The seed of a test's randomness: <c>CHAT_TEST_SEED</c>, or a new one each run; the test's output names it.</summary>
public static class Seed
{
    /// <summary>Chooses the seed and writes it to the test's output, which is shown when the test fails.</summary>
    public static int Choose()
    {
        var given = Environment.GetEnvironmentVariable("CHAT_TEST_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        Output.Write($"seed: CHAT_TEST_SEED={seed}");
        return seed;
    }
}
