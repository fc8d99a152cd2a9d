using System.Diagnostics;
using HdrHistogram;

namespace Chat.Bench.Compare;

/// <summary>
/// Everybody who listens to a contestant: one thread reads all connections, finds the messages and counts them. A connection that ends is
/// remembered as gone.
/// </summary>
internal sealed class Receivers : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private readonly Epoll _epoll = new();
    private readonly List<Receiver> _all = [];
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private volatile bool _stop;
    private Expected? _expected;
    private long _delivered;
    private int _gone;

    public Receivers()
    {
        _thread = new Thread(Read) { IsBackground = true, Name = "receivers" };
        _thread.Start();
    }

    /// <summary>Messages delivered to those that count, since <see cref="Expect"/>.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Connections that have ended.</summary>
    public int Gone => Volatile.Read(ref _gone);

    /// <summary>How many of them count.</summary>
    public int Count { get; private set; }

    /// <summary>Reads a connection from now on. Only those that count are expected to get messages.</summary>
    public void Add(Line line, bool counts)
    {
        lock (_gate)
        {
            _all.Add(new Receiver(line, counts));
            Count += counts ? 1 : 0;
            _epoll.Watch(line.Handle, _all.Count - 1);
        }
    }

    /// <summary>From now on these are counted. Nothing earlier may be under way.</summary>
    public void Expect(Expected expected)
    {
        lock (_gate)
        {
            foreach (var receiver in _all)
                receiver.Start();
            Volatile.Write(ref _delivered, 0);
            _expected = expected;
        }
    }

    /// <summary>How many of those that count have not had each expected message exactly once.</summary>
    public int Wrong()
    {
        lock (_gate)
            return _all.Count(r => r.Counts && !r.HasAll(_expected!));
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _all.ForEach(r => r.Line.Dispose());
        _epoll.Dispose();
    }

    private void Read()
    {
        var ready = new int[512];
        var buffer = new byte[BufferBytes];
        while (!_stop)
        {
            var count = _epoll.Wait(ready, s_look);
            lock (_gate)
            {
                for (var i = 0; i < count; i++)
                    Read(_all[ready[i]], buffer);
            }
        }
    }

    private void Read(Receiver receiver, byte[] buffer)
    {
        var read = receiver.IsGone ? -1 : Epoll.Read(receiver.Line.Handle, buffer);
        if (read == 0)
        {
            receiver.IsGone = true;
            Interlocked.Increment(ref _gone);
            // Closed, so that it is not reported again.
            receiver.Line.Dispose();
        }
        if (read <= 0)
            return;
        var delivered = receiver.Take(buffer.AsSpan(0, read), _expected);
        if (delivered > 0)
            Volatile.Write(ref _delivered, _delivered + delivered);
    }

    private sealed class Receiver(Line line, bool counts)
    {
        private MarkReader _marks;
        private int _count;
        private long _sum;

        public Line Line => line;

        public bool Counts => counts;

        public bool IsGone { get; set; }

        public void Start() => (_count, _sum) = (0, 0);

        /// <summary>As many as expected, and with their sum: one twice and another not at all would not be noticed by the count.</summary>
        public bool HasAll(Expected expected) => _count == expected.Count && _sum == expected.Sum;

        public int Take(ReadOnlySpan<byte> input, Expected? expected)
        {
            var (now, before) = (Stopwatch.GetTimestamp(), _count);
            while (line.Next(ref input) is { IsEmpty: false } payload)
            {
                while (_marks.Next(ref payload) is >= 0 and var number)
                {
                    if (!counts || expected is null)
                        continue;
                    _count++;
                    _sum += number;
                    expected.Arrived(number, now);
                }
            }
            return _count - before;
        }
    }
}

/// <summary>The messages of one measurement, by their numbers, and when each should have been sent. Times are those of <see cref="Stopwatch"/>.</summary>
/// <param name="first">The first one's number.</param>
/// <param name="count">How many.</param>
internal sealed class Expected(int first, int count)
{
    private const long HighestMicroseconds = 120_000_000;

    private readonly long[] _intended = new long[count];

    public int First => first;

    public int Count => count;

    /// <summary>Of all their numbers.</summary>
    public long Sum => ((long)first * count) + ((long)count * (count - 1) / 2);

    /// <summary>Microseconds from when a message should have been sent to when somebody had it; of messages that have such a time.</summary>
    public LongHistogram Latency { get; } = Log.Load.NewHistogram();

    /// <summary>This one is to be sent then.</summary>
    public void Intend(int number, long at) => Volatile.Write(ref _intended[number - first], at);

    /// <summary>Somebody has it now.</summary>
    public void Arrived(int number, long now)
    {
        var index = number - first;
        if ((uint)index < (uint)_intended.Length && Volatile.Read(ref _intended[index]) is > 0 and var intended)
            Latency.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(intended, now).TotalMicroseconds, 0, HighestMicroseconds));
    }
}
