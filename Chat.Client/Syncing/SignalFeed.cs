using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Chat.Client.Syncing;

/// <summary>Signals to any number of readers. A slow reader loses the oldest. Thread-safe.</summary>
internal sealed class SignalFeed
{
    private const int Capacity = 256;

    private ImmutableList<Channel<ChatSignal>> _readers = [];
    private volatile bool _completed;

    public void Publish(ChatSignal signal)
    {
        foreach (var reader in _readers)
            reader.Writer.TryWrite(signal);
    }

    public void Complete()
    {
        _completed = true;
        foreach (var reader in _readers)
            reader.Writer.TryComplete();
    }

    /// <summary>What is published from the call on, not from the first read on.</summary>
    public IAsyncEnumerable<ChatSignal> Subscribe(CancellationToken ct)
    {
        var channel = Channel.CreateBounded<ChatSignal>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableInterlocked.Update(ref _readers, (all, one) => all.Add(one), channel);
        if (_completed)
            channel.Writer.TryComplete();
        return ReadAsync(channel, ct);
    }

    private async IAsyncEnumerable<ChatSignal> ReadAsync(Channel<ChatSignal> channel, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            await foreach (var signal in channel.Reader.ReadAllAsync(ct))
                yield return signal;
        }
        finally
        {
            ImmutableInterlocked.Update(ref _readers, (all, one) => all.Remove(one), channel);
        }
    }
}
