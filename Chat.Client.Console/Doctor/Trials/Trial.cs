using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>
/// One transport from its opening to its end, never opened again. It notes when each test message comes in, by the mark in its text.
/// Noting is thread-safe.
/// </summary>
internal abstract partial class Trial(Way way) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _heard = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _began, _accepted, _first, _endedAt;

    public abstract string Key { get; }

    public abstract string Name { get; }

    public abstract Carrier Carrier { get; }

    public virtual bool IsHub => false;

    /// <summary>Whether messages can be sent over it.</summary>
    public virtual bool CanSend => false;

    /// <summary>Cancelled at the end.</summary>
    protected CancellationTokenSource Over { get; } = new();

    protected Way Way => way;

    /// <summary>Completes, never faults, when it is over.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why it did not open, or ended.</summary>
    public string? Error { get; private set; }

    /// <summary>The status in place of the expected one.</summary>
    public int? Status { get; protected set; }

    /// <summary>The <c>Content-Encoding</c> of the stream.</summary>
    public string? Encoding { get; protected set; }

    /// <summary>The server has no such thing.</summary>
    public bool IsMissing { get; protected set; }

    /// <summary>Whether it opened and has not ended.</summary>
    public bool IsOpen => Volatile.Read(ref _accepted) != 0 && !Ended.IsCompleted;

    /// <summary>Until the far end accepted.</summary>
    public TimeSpan? Opened => Since(_accepted);

    /// <summary>Until the first byte after that.</summary>
    public TimeSpan? FirstByte => Since(_first);

    /// <summary>When it ended; 0 if it has not.</summary>
    public long EndedAt => Volatile.Read(ref _endedAt);

    /// <summary>Opens it for what comes after this number. Never throws, but when cancelled; returns within the patience.</summary>
    public async Task OpenAsync(long after, CancellationToken ct)
    {
        Volatile.Write(ref _began, Stopwatch.GetTimestamp());
        try
        {
            await way.WithinAsync(async token =>
            {
                await StartAsync(after, token).WaitAsync(token);
                return true;
            }, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            End(Innermost(e));
        }
    }

    /// <summary>Sends a message over it, and returns when it is acknowledged. Throws whatever goes wrong.</summary>
    public virtual Task SendAsync(NewMessage message, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Completes when a message comes in, with the timestamp of that.</summary>
    public Task<long> HeardAsync(string mark) => Waiting(mark).Task;

    /// <summary>From now on, or not, nobody has to poll.</summary>
    public virtual void Rest(bool resting)
    {
    }

    public async ValueTask DisposeAsync()
    {
        End("closed");
        await Over.CancelAsync();
        await CloseAsync();
        Over.Dispose();
    }

    /// <summary>Opens it and reads on by itself; throws why it does not open.</summary>
    protected abstract Task StartAsync(long after, CancellationToken ct);

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    /// <summary>The far end has accepted.</summary>
    protected void Accept() => Interlocked.CompareExchange(ref _accepted, Stopwatch.GetTimestamp(), 0);

    /// <summary>Something came.</summary>
    protected void Hear() => Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);

    /// <summary>Text came; notes the messages in it, and returns how much of it need not be looked at again.</summary>
    protected int Hear(string text)
    {
        Hear();
        var now = Stopwatch.GetTimestamp();
        var end = 0;
        foreach (Match match in Mark().Matches(text))
        {
            Waiting(match.Groups[1].Value).TrySetResult(now);
            end = match.Index + match.Length;
        }
        return end;
    }

    /// <summary>It is over; the first reason counts.</summary>
    protected void End(string reason)
    {
        if (Interlocked.CompareExchange(ref _endedAt, Stopwatch.GetTimestamp(), 0) != 0)
            return;
        Error = reason;
        _ended.TrySetResult();
    }

    protected static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }

    private TaskCompletionSource<long> Waiting(string mark) =>
        _heard.GetOrAdd(mark, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private TimeSpan? Since(long then) => then == 0 ? null : Stopwatch.GetElapsedTime(Volatile.Read(ref _began), then);

    [GeneratedRegex(@"chat doctor test message ([0-9a-f]+-\d+)\.")]
    private static partial Regex Mark();
}
