using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Support;

/// <summary>One log line.</summary>
public sealed record LogLine(LogLevel Level, string Category, EventId Id, string Text, Exception? Error)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Level}: {Category}[{Id.Id}] {Text}{(Error is null ? "" : $" {Error}")}";
}

/// <summary>Keeps every log line for the test to look at.</summary>
public sealed class CapturedLog : ILoggerProvider
{
    private const int LinesShown = 60;

    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>The lines so far, oldest first.</summary>
    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>The last lines as text.</summary>
    public string Tail() => string.Join(Environment.NewLine, _lines.TakeLast(LinesShown));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log._lines.Enqueue(new LogLine(logLevel, category, eventId, formatter(state, exception), exception));
        }
    }
}
