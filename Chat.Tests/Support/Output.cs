namespace Chat.Tests.Support;

/// <summary>The output of the test that is running, from wherever in its call chain.</summary>
public static class Output
{
    /// <summary>Writes a line; the runner shows it when the test fails, and the report keeps it in any case.</summary>
    public static void Write(string line)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }
        catch (InvalidOperationException)
        {
            // Something that outlived its test: nobody is left to read it.
        }
    }
}
