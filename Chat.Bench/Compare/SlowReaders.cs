namespace Chat.Bench.Compare;

/// <summary>Two in the room who hardly read: one not at all, one a kilobyte a second.</summary>
internal sealed class SlowReaders : IDisposable
{
    public const int Count = 2;

    /// <summary>What the system takes in for them: little, so that they are soon in the way.</summary>
    public const int ReceiveBuffer = 4096;

    private readonly Line _stopped;
    private readonly Line _slow;
    private readonly Timer _timer;
    private readonly byte[] _kilobyte = new byte[1024];

    public SlowReaders(Line stopped, Line slow)
    {
        (_stopped, _slow) = (stopped, slow);
        _timer = new Timer(_ => Epoll.Read(_slow.Handle, _kilobyte), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        using var ended = new ManualResetEvent(false);
        if (_timer.Dispose(ended))
            ended.WaitOne();
        _stopped.Dispose();
        _slow.Dispose();
    }
}
