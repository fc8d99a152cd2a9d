using System.Diagnostics;

namespace Chat.Bench.Proxy;

/// <summary>
/// The way between two parts, over any number of connections, on which the weather changes while they are open. Thread-safe.
/// </summary>
/// <param name="name">For reports, such as <c>node 2–Redis</c>.</param>
public sealed class Link(string name)
{
    private static readonly Fault s_fine = new();

    private volatile Fault _weather = s_fine;
    private long _lastBytes;

    /// <summary>For reports.</summary>
    public string Name => name;

    /// <summary>How long nothing has been sent over it, in either direction; the longest possible before the first byte.</summary>
    public TimeSpan Silence => Interlocked.Read(ref _lastBytes) is > 0 and var last ? Stopwatch.GetElapsedTime(last) : TimeSpan.MaxValue;

    /// <summary>From now on, what it carries meets this fault, which must be fit for many connections at once.</summary>
    public void Begin(Fault weather) => _weather = weather;

    /// <summary>Everything passes again, and <see cref="Spoiled"/> says which connections cannot go on.</summary>
    public void End() => _weather = s_fine;

    /// <summary>What becomes of a new connection of this link: give it to a proxy.</summary>
    public Fault Connection() => new Ride(this);

    /// <summary>Whether a connection is one of this link.</summary>
    public bool Carries(Fault connection) => connection is Ride ride && ride.Link == this;

    /// <summary>Whether a connection is one of this link, and has lost bytes: no network gives such a connection back, so it must be cut.</summary>
    public bool Spoiled(Fault connection) => connection is Ride { HasLost: true } ride && ride.Link == this;

    private sealed class Ride(Link link) : Fault
    {
        private volatile bool _hasLost;

        public Link Link => link;

        public bool HasLost => _hasLost;

        public override bool Accepts => link._weather.Accepts;

        public override ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
        {
            Interlocked.Exchange(ref link._lastBytes, Stopwatch.GetTimestamp());
            var weather = link._weather;
            _hasLost |= weather is Swallow;
            // Behind a hole in the stream nothing makes sense any more, whatever the weather.
            return _hasLost && weather is not Swallow ? throw new CutException() : weather.PassAsync(direction, bytes, to, ct);
        }
    }
}

/// <summary>Keeps what goes this way until it is told to let it go, with nothing lost.</summary>
/// <param name="way">Which way; null for both.</param>
public sealed class Hold(Direction? way) : Fault
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything go on.</summary>
    public void Release() => _over.TrySetResult();

    /// <inheritdoc/>
    public override async ValueTask PassAsync(Direction direction, ReadOnlyMemory<byte> bytes, IOutlet to, CancellationToken ct)
    {
        if (way is null || way == direction)
            await _over.Task.WaitAsync(ct);
        await to.WriteAsync(bytes, ct);
    }
}
