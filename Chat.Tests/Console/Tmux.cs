using System.Diagnostics;
using Chat.Tests.Support;

namespace Chat.Tests.Terminal;

/// <summary>A terminal of a size, by tmux on a socket of its own, with one program in it: keys go in, what a person sees comes out.</summary>
public sealed class Tmux : IAsyncDisposable
{
    private static int _count;
    private readonly string _socket = $"chat-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    /// <summary>Opens a terminal and runs a command line of the shell in it.</summary>
    public static async Task<Tmux> OpenAsync(string commandLine, int columns, int rows)
    {
        var tmux = new Tmux();
        await tmux.DoAsync("-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", commandLine);
        return tmux;
    }

    /// <summary>Types text.</summary>
    public Task TypeAsync(string text) => DoAsync("send-keys", "-l", text);

    /// <summary>Presses keys by tmux's names, such as <c>Enter</c> or <c>M-Up</c>.</summary>
    public Task PressAsync(params string[] keys) => DoAsync(["send-keys", .. keys]);

    /// <summary>Pastes as a terminal does that brackets pasted text.</summary>
    public async Task PasteAsync(string text)
    {
        await DoAsync("set-buffer", text);
        await DoAsync("paste-buffer", "-p");
    }

    /// <summary>Gives the terminal another size.</summary>
    public Task ResizeAsync(int columns, int rows) => DoAsync("resize-window", "-x", $"{columns}", "-y", $"{rows}");

    /// <summary>What is on the screen; with <paramref name="escapes"/>, with its colours.</summary>
    public Task<string> ScreenAsync(bool escapes = false) => DoAsync(escapes ? ["capture-pane", "-p", "-e"] : ["capture-pane", "-p"]);

    /// <summary>Waits until a person would see it, and returns the screen. Fails with the last screen.</summary>
    public async Task<string> SeesAsync(Func<string, bool> condition, CancellationToken ct)
    {
        var screen = "";
        try
        {
            await Eventually.TrueAsync(async () => condition(screen = await ScreenAsync()), TimeSpan.FromSeconds(30), ct, "on the screen");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Assert.Fail($"The screen was:\n{screen}");
        }
        return screen;
    }

    /// <summary>Waits until a text is on the screen.</summary>
    public Task<string> SeesAsync(string text, CancellationToken ct) => SeesAsync(s => s.Contains(text, StringComparison.Ordinal), ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DoAsync("kill-server");

    private async Task<string> DoAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux", ["-u", "-L", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LANG"] = "C.UTF-8";
        using var tmux = Process.Start(start)!;
        var output = await tmux.StandardOutput.ReadToEndAsync();
        await tmux.WaitForExitAsync();
        return output;
    }
}
