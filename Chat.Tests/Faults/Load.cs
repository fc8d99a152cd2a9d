using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>People who write while something goes wrong: each has a few messages under way at any time.</summary>
public sealed class Load : IAsyncDisposable
{
    /// <summary>
    /// A rest that leaves the machine some room, so that a killed server is back soon. In the long form there is none.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(LongForm.Of(50, instead: 0));

    private readonly Conversation _conversation;
    private readonly CancellationTokenSource _enough = new();
    private readonly CancellationToken _ct;
    private readonly Task _writing;
    private readonly TimeSpan _rest;
    private readonly Dictionary<RecordedClient, long> _acked;
    private volatile bool _failed;
    private int _unanswered;

    /// <summary>Everybody begins to write, or only these.</summary>
    /// <param name="conversation">Where they write.</param>
    /// <param name="seed">What they write comes of it.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="window">The most messages of one person under way.</param>
    /// <param name="writers">Who writes; null for everybody.</param>
    /// <param name="rest">The time between an answer and the next message in its place.</param>
    public Load(Conversation conversation, int seed, CancellationToken ct, int window = 4,
        IEnumerable<RecordedClient>? writers = null, TimeSpan rest = default)
    {
        _rest = rest;
        _conversation = conversation;
        _ct = ct;
        _acked = (writers ?? conversation.Clients).ToDictionary(c => c, _ => 0L);
        var seeds = new Random(seed);
        _writing = Task.WhenAll(_acked.Keys.ToList().Select(c => WriteAsync(c, new Random(seeds.Next()), window)));
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
                () => AckedBy(client) >= goal || _failed, within,
                () => $"{client.Name} gets {goal} acknowledgements (it has {AckedBy(client)}, {client.Outages.Count} outages, {client.Connection.Status})", _ct);
        }
        if (_failed)
            await _writing;
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
        var free = new SemaphoreSlim(window);   // Not disposed: a send may still release it after another has failed.
        var sends = new List<Task>();
        for (var n = 0; !_enough.IsCancellationRequested && !_ct.IsCancellationRequested && !_failed; n++)
        {
            await free.WaitAsync(_ct);
            sends.Add(SendAndRestAsync(client, UnicodeText.Next(random, n), free));
        }
        await Task.WhenAll(sends);
    }

    private async Task SendAndRestAsync(RecordedClient client, string body, SemaphoreSlim free)
    {
        try
        {
            await SendAsync(client, body);
            await Task.Delay(_rest, _ct);
        }
        finally
        {
            free.Release();
        }
    }

    private async Task SendAsync(RecordedClient client, string body)
    {
        Interlocked.Increment(ref _unanswered);
        try
        {
            await client.SendAsync(_conversation.Room.Id, body, _ct);
            lock (_acked)
                _acked[client]++;
        }
        catch
        {
            _failed = true;   // Everybody stops: whoever waits for the load learns why.
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _unanswered);
        }
    }

    private long AckedBy(RecordedClient client)
    {
        lock (_acked)
            return _acked[client];
    }
}
