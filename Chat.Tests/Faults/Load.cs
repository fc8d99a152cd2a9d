using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>People who write without pause while something goes wrong: each has a few messages unanswered at any time.</summary>
public sealed class Load : IAsyncDisposable
{
    private readonly Conversation _conversation;
    private readonly CancellationTokenSource _enough = new();
    private readonly CancellationToken _ct;
    private readonly Task _writing;
    private readonly Dictionary<RecordedClient, long> _acked;
    private int _unanswered;

    /// <summary>Everybody begins to write.</summary>
    public Load(Conversation conversation, int seed, CancellationToken ct, int window = 4)
    {
        _conversation = conversation;
        _ct = ct;
        _acked = conversation.Clients.ToDictionary(c => c, _ => 0L);
        var seeds = new Random(seed);
        _writing = Task.WhenAll(conversation.Clients.Select(c => WriteAsync(c, new Random(seeds.Next()), window)));
    }

    /// <summary>Messages handed over and not yet acknowledged, of all together.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Acknowledgements so far.</summary>
    public long Acked => _acked.Keys.Sum(AckedBy);

    /// <summary>Completes when everybody has got so many more acknowledgements than now.</summary>
    public async Task ProgressAsync(int each, TimeSpan within)
    {
        foreach (var (client, goal) in _acked.Keys.Select(c => (c, AckedBy(c) + each)).ToList())
        {
            await Eventually.TrueAsync(
                () => AckedBy(client) >= goal || _writing.IsCompleted, within, _ct, $"{client.Name} gets on ({client.Connection.Status})");
        }
    }

    /// <summary>Nobody begins anything new; returns when everything is answered.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        await _enough.CancelAsync();
        await _writing.WaitAsync(within, _ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        _enough.Dispose();
    }

    private async Task WriteAsync(RecordedClient client, Random random, int window)
    {
        using var free = new SemaphoreSlim(window);
        var sends = new List<Task>();
        for (var n = 0; !_enough.IsCancellationRequested && !_ct.IsCancellationRequested; n++)
        {
            await free.WaitAsync(_ct);
            sends.Add(SendAsync(client, UnicodeText.Next(random, n), free));
        }
        await Task.WhenAll(sends);
    }

    private async Task SendAsync(RecordedClient client, string body, SemaphoreSlim free)
    {
        Interlocked.Increment(ref _unanswered);
        await client.SendAsync(_conversation.Room.Id, body, _ct);
        Interlocked.Decrement(ref _unanswered);
        lock (_acked)
            _acked[client]++;
        free.Release();
    }

    private long AckedBy(RecordedClient client)
    {
        lock (_acked)
            return _acked[client];
    }
}
