using System.Text;
using Chat.Client.Console.Interactive;

namespace Chat.Client.Console.Commands;

/// <summary>
/// The one way to standard output and standard error. No control character and no character that reverses the direction
/// of text reaches the terminal: it appears as <c>\u{…}</c>, so that a server cannot drive the terminal through a field
/// that somebody forgot to clean. The program's own sequences go through <see cref="Control"/>. Not thread-safe.
/// </summary>
public sealed class TerminalWriter : TextWriter
{
    private readonly TextWriter _to;

    /// <param name="to">Gets the safe text.</param>
    public TerminalWriter(TextWriter to)
        : base(to.FormatProvider)
    {
        _to = to;
        NewLine = to.NewLine;
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _to.Encoding;

    /// <summary>
    /// Writes an escape sequence or a carriage return of the program's own, never text from elsewhere.
    /// </summary>
    public void Control(string sequence) => _to.Write(sequence);

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value) => _to.Write(value == NewLine ? value : TerminalText.Shown(value ?? ""));

    /// <inheritdoc/>
    public override void WriteLine() => _to.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(string? value) => _to.WriteLine(TerminalText.Shown(value ?? ""));

    /// <inheritdoc/>
    public override Task WriteAsync(char value) => Done(() => Write(value));

    /// <inheritdoc/>
    public override Task WriteAsync(string? value) => Done(() => Write(value));

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value) => Done(() => WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => _to.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _to.Dispose();
        base.Dispose(disposing);
    }

    // Standard output is written at once anyway; the base class would go to another thread for it.
    private static Task Done(Action write)
    {
        try
        {
            write();
            return Task.CompletedTask;
        }
        catch (Exception failure)
        {
            return Task.FromException(failure);
        }
    }
}
