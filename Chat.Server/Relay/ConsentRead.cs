using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Server.Relay;

/// <summary>
/// One read of a person's requests, invitations and blocks. It runs when the first of their sessions needs it, and all
/// of them share it: a person may have hundreds. Thread-safe.
/// </summary>
internal sealed class ConsentRead(ConsentCatalog catalog, string userId)
{
    private static long s_last;

    private readonly Lazy<Task<PersonalConsent>> _read = new(() => catalog.OfAsync(userId));
    private ConsentRead? _again;

    /// <summary>Grows: a later read knows of every change that an earlier one knows of.</summary>
    public long Number { get; } = Interlocked.Increment(ref s_last);

    /// <exception cref="ChatException"><c>unavailable</c>, each time; <see cref="Again"/> is the next try.</exception>
    public Task<PersonalConsent> ValueAsync() => _read.Value;

    /// <summary>The next try, shared, too.</summary>
    public ConsentRead Again() => LazyInitializer.EnsureInitialized(ref _again, () => new ConsentRead(catalog, userId));
}
