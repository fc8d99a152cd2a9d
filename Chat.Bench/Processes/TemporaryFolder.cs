namespace Chat.Bench.Processes;

/// <summary>A folder of its own that is gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("chat-test-").FullName;

    /// <summary>A file in it; it need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was just killed may still be closing its files; the system clears its temporary folder.
        }
    }
}
