using System.Text;
using SystemConsole = System.Console;

namespace Chat.Client.Console.Commands;

/// <summary>The terminal, or the pipes in its place.</summary>
public static class Tty
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a person types.</summary>
    public static bool InputIsTerminal => !SystemConsole.IsInputRedirected;

    /// <summary>Whether a person reads.</summary>
    public static bool OutputIsTerminal => !SystemConsole.IsOutputRedirected;

    /// <summary>Whether a person can be shown a full screen.</summary>
    public static bool IsScreen => InputIsTerminal && OutputIsTerminal && (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null));

    /// <summary>Whether <c>NO_COLOR</c> asks for none (no-color.org: any value that is not empty).</summary>
    public static bool NoColour => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>
    /// Standard output as UTF-8, written through at once. A write throws <see cref="IOException"/> when the reader is gone
    /// (see <see cref="IsClosed"/>).
    /// </summary>
    public static TerminalWriter OpenOutput() => new(
        new StreamWriter(OperatingSystem.IsWindows() ? SystemConsole.OpenStandardOutput() : new StandardOutput(),
            new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" });

    /// <summary>Standard error. Nothing else in the program writes there.</summary>
    public static TerminalWriter Error { get; } = new(SystemConsole.Error);

    /// <summary>Standard input as UTF-8; other bytes throw <see cref="DecoderFallbackException"/>.</summary>
    public static TextReader OpenInput() => new StreamReader(SystemConsole.OpenStandardInput(), s_utf8, detectEncodingFromByteOrderMarks: false);

    /// <summary>Whether a write failed because the reader of a pipe is gone (EPIPE).</summary>
    public static bool IsClosed(IOException failure) => failure.HResult is StandardOutput.BrokenPipe or unchecked((int)0x8007006D) or unchecked((int)0x800700E8);

    /// <summary>Asks for a line. Null at the end of input.</summary>
    public static string? Ask(string question)
    {
        Error.Write(question);
        return SystemConsole.In.ReadLine();
    }

    /// <summary>Asks for a line that is not shown.</summary>
    public static string AskSecret(string question)
    {
        Error.Write(question);
        var secret = new StringBuilder();
        while (SystemConsole.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                secret.Length = Math.Max(0, secret.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                secret.Append(key.KeyChar);
        }
        Error.WriteLine();
        return secret.ToString();
    }
}
