[assembly: AssemblyFixture(typeof(Chat.Tests.Support.SharedPostgres))]

namespace Chat.Tests.Support;

/// <summary>
/// One PostgreSQL for all tests that do not hurt it, started when the first of them asks for a database. Who kills or freezes it has a
/// <see cref="PostgresProcess"/> of their own. Thread-safe.
/// </summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresProcess>> _process = new(() => PostgresProcess.RunAsync(CancellationToken.None));

    /// <summary>Makes an empty database; answers with how to connect to it.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken ct) => await (await _process.Value.WaitAsync(ct)).NewDatabaseAsync(ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
            await (await _process.Value).DisposeAsync();
    }
}
