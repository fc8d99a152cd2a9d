using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Chat.Bench.Processes;

/// <summary>
/// A program that this one starts, stops, freezes and kills, each life of it by its own process id, and which does not outlive this one: however this
/// one ends but by SIGKILL, its children are killed.
/// </summary>
/// <param name="log">Where what it prints goes; disposed with it.</param>
public abstract class ChildProcess(ProcessLog log) : IAsyncDisposable
{
    /// <summary>
    /// Only keeps a start from hanging: a busy machine may need many times as long for it as an idle one.
    /// </summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

    private static readonly ConcurrentDictionary<ChildProcess, bool> s_all = new();

    private Process? _process;

    static ChildProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();
        AppDomain.CurrentDomain.UnhandledException += (_, _) => KillAll();
    }

    /// <summary>Whether it runs; true also while it is frozen.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>The exit code of its last life, once that has ended.</summary>
    public int ExitCode => Running.ExitCode;

    /// <summary>Processor time used in this life by all of its processes that still run.</summary>
    public TimeSpan ProcessorTime => TimeSpan.FromTicks(Sum(p => p.TotalProcessorTime.Ticks));

    /// <summary>Bytes of memory that all of its processes occupy now; what several of them share counts for each.</summary>
    public long MemoryBytes => Sum(p => p.WorkingSet64);

    /// <summary>Completes when the process has ended, however it did.</summary>
    public Task Ended => Running.WaitForExitAsync();

    /// <summary>What it has printed, in all its lives.</summary>
    public ProcessLog Log => log;

    /// <summary>Its process id in this life, or the last.</summary>
    public int Id => Running.Id;

    /// <summary>The processes it consists of: itself last.</summary>
    public virtual IReadOnlyList<int> Processes => [Id];

    /// <summary>The processes that it has started itself.</summary>
    protected IEnumerable<int> Children
    {
        get
        {
            try
            {
                return [.. File.ReadAllText($"/proc/{Id}/task/{Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
            }
            catch (IOException)
            {
                return [];   // It has just ended.
            }
        }
    }

    /// <summary>The process of this life, or the last.</summary>
    protected Process Running => _process ?? throw new InvalidOperationException($"{GetType().Name} was not started.");

    /// <summary>SIGKILL, and returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and returns its exit code when the process has ended by itself.</summary>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        Signal.Terminate(Id);
        await Running.WaitForExitAsync(ct);
        return Running.ExitCode;
    }

    /// <summary>Freezes it where it stands.</summary>
    public void Freeze() => Each(Signal.Freeze);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Each(Signal.Thaw);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it, after what is left of its last life is gone.</summary>
    protected async Task BeginAsync(ProcessStartInfo start)
    {
        await StopAsync();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        s_all[this] = true;
        Starts++;
        log.Follow(_process);
    }

    /// <summary>Throws if it has ended by itself.</summary>
    protected void ThrowIfEnded()
    {
        if (Running.HasExited)
            throw new InvalidOperationException($"{GetType().Name} ended with code {Running.ExitCode} while starting: {string.Join(Environment.NewLine, log.Last)}");
    }

    private long Sum(Func<Process, long> value)
    {
        var sum = 0L;
        foreach (var id in Processes)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                sum += value(process);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has just ended.
            }
        }
        return sum;
    }

    private async Task StopAsync()
    {
        if (_process is null)
            return;
        await KillAsync();
        s_all.TryRemove(this, out _);
        _process.Dispose();
        _process = null;
    }

    private void Kill()
    {
        if (IsRunning)
            Each(Signal.Kill);
    }

    private void Each(Action<int> signal)
    {
        foreach (var id in Processes)
        {
            try
            {
                signal(id);
            }
            catch (Win32Exception)
            {
                // It has just ended.
            }
        }
    }

    private static void KillAll()
    {
        foreach (var child in s_all.Keys)
            child.Kill();
    }
}
