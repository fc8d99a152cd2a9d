using Chat.Tests.Support;

namespace Chat.Tests.Page;

/// <summary>One server of its own process for all tests of a class, with the page as it was built: for tests that keep to rooms and people of their own.</summary>
public sealed class SharedPage : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    /// <summary>Where it listens.</summary>
    public Uri Uri => _server.Uri;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => await _server.StartAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
