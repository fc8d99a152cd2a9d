using System.Diagnostics;

namespace Chat.Bench.Processes;

/// <summary>What a process prints in all its lives: everything in a file, and the end of it at hand. Thread-safe.</summary>
/// <param name="path">The file.</param>
/// <param name="ended">Told the last lines when it is disposed.</param>
public sealed class ProcessLog(string path, Action<IReadOnlyCollection<string>>? ended = null) : IDisposable
{
    private const int LinesKept = 80;

    private readonly StreamWriter _file = new(path) { AutoFlush = true };
    private readonly Queue<string> _last = new();
    private readonly Lock _lock = new();
    private bool _closed;

    /// <summary>The last lines.</summary>
    public IReadOnlyCollection<string> Last
    {
        get
        {
            lock (_lock)
                return [.. _last];
        }
    }

    /// <summary>Takes what the process prints from now on.</summary>
    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            _file.Dispose();
        }
        ended?.Invoke(Last);
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            if (_closed)
                return;
            _file.WriteLine(line);
            _last.Enqueue(line);
            if (_last.Count > LinesKept)
                _last.Dequeue();
        }
    }
}
