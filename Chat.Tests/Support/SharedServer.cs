namespace Chat.Tests.Support;

/// <summary>One server in the test's process for all tests of a class, as a fixture: for tests that keep to rooms and people of their own.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    private readonly ChatServer _server = new();

    /// <summary>Where it listens.</summary>
    public Uri Uri => _server.Uri;

    /// <summary>The server itself.</summary>
    public ChatServer Server => _server;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
