namespace Chat.Tests.Support;

/// <summary>A server process with a folder and a database of its own, whose log goes to the test's output.</summary>
public sealed class ServerProcess : NodeProcess
{
    private readonly TemporaryFolder _data;

    private ServerProcess(TemporaryFolder data, IReadOnlyDictionary<string, string>? settings, ProcessClock? clock)
        : base(data.Path, TestSettings.For(data, settings), ServerBinary.Path, ended: Show)
    {
        _data = data;
        StartedOften = true;
        Clock = clock;
    }

    /// <summary>Its SQLite database, for looking into it while the server is dead.</summary>
    public string Database => _data.File("chat.db");

    /// <summary>Creates one and starts it.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="settings">Configuration keys with <c>:</c>; they win over <see cref="TestSettings"/>.</param>
    /// <param name="crashAt">Where it kills itself in its first life.</param>
    /// <param name="clock">The time of day as it sees it; null for the machine's.</param>
    public static async Task<ServerProcess> RunAsync(
        CancellationToken ct, IReadOnlyDictionary<string, string>? settings = null, string? crashAt = null, ProcessClock? clock = null)
    {
        var server = new ServerProcess(new TemporaryFolder(), settings, clock);
        try
        {
            await server.StartAsync(ct, crashAt);
            return server;
        }
        catch
        {
            await server.DisposeAsync(); // says what its log has, and does not leave it running
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Show(IReadOnlyCollection<string> lines) =>
        Output.Write($"--- the last {lines.Count} lines of the server's log ---{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
}
