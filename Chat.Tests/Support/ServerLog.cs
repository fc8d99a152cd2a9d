using System.Diagnostics;

namespace Chat.Tests.Support;

/// <summary>What server processes print: all of it in a file, and the end of it in the test's output.</summary>
public sealed class ServerLog(string path) : IDisposable
{
    private const int LinesShown = 80;

    private readonly StreamWriter _file = new(path) { AutoFlush = true };
    private readonly Queue<string> _last = new();
    private readonly Lock _lock = new();
    private bool _closed;

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
            Output.Write($"--- the last {_last.Count} lines of the server's log ---{Environment.NewLine}{string.Join(Environment.NewLine, _last)}");
        }
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
            if (_last.Count > LinesShown)
                _last.Dequeue();
        }
    }
}
