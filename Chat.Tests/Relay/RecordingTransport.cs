using Chat.Contracts;
using Chat.Server.Relay;
using Chat.Tests.Support;

namespace Chat.Tests.Relay;

/// <summary>A client that notes what is written to it, and can stop taking anything.</summary>
internal sealed class RecordingTransport : ITransport
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<object> _written = [];
    private TaskCompletionSource? _stalled;

    public bool Aborted { get; private set; }

    /// <summary>Everything, in order: <see cref="ChatEvent"/>s and <see cref="Notice"/>s.</summary>
    public IReadOnlyList<object> Written
    {
        get
        {
            lock (_gate)
                return [.. _written];
        }
    }

    public IReadOnlyList<long> Numbers(string room) => [.. Written.OfType<ChatEvent>().Where(e => e.RoomId == room).Select(e => e.Seq)];

    public IEnumerable<T> Notices<T>()
        where T : Notice => Written.OfType<T>();

    /// <summary>Writes do not complete from now on.</summary>
    public void Stall() => _stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Go() => Interlocked.Exchange(ref _stalled, null)?.SetResult();

    public async Task ReceivesAsync(string room, params IEnumerable<long> numbers)
    {
        var expected = numbers.ToList();
        try
        {
            await Eventually.TrueAsync(() => Numbers(room).Count >= expected.Count, s_soon,
                TestContext.Current.CancellationToken);
        }
        finally
        {
            Assert.Equal(expected, Numbers(room));
        }
    }

    public Task ReceivesAsync<T>(Func<T, bool> which)
        where T : Notice => Eventually.TrueAsync(
            () => Notices<T>().Any(which), s_soon, TestContext.Current.CancellationToken,
            $"a {typeof(T).Name} comes");

    public ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events) => WriteAsync(events.Select(e => (object)e.Event).ToList());

    public ValueTask<bool> WriteAsync(Notice notice) => WriteAsync([notice]);

    public void Abort()
    {
        Aborted = true;
        Go();
    }

    private async ValueTask<bool> WriteAsync(List<object> items)
    {
        lock (_gate)
            _written.AddRange(items);
        if (_stalled is { } stalled)
            await stalled.Task;
        return !Aborted;
    }
}
