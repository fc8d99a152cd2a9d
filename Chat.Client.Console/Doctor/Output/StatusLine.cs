using System.Diagnostics;
using System.Globalization;
using Chat.Client.Console.Commands;
using Terminal.Gui.Text;

namespace Chat.Client.Console.Doctor.Output;

/// <summary>One line at the bottom that says what is being done and for how much longer, drawn again and again; gone when it is disposed.</summary>
internal sealed class StatusLine : IAsyncDisposable
{
    private const string Wheel = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private const int Bar = 20;
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(120);

    private readonly TerminalWriter _out;
    private readonly bool _coloured;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Task _turning;
    private Step _step = new("");
    private long _since = Stopwatch.GetTimestamp();
    private int _turn;

    public StatusLine(TerminalWriter output, bool coloured)
    {
        (_out, _coloured) = (output, coloured);
        _turning = TurnAsync();
    }

    /// <summary>What is being done from now on.</summary>
    public void Show(Step step)
    {
        lock (_lock)
        {
            (_step, _since) = (step, Stopwatch.GetTimestamp());
            Draw();
        }
    }

    /// <summary>Writes lines above it.</summary>
    public void Above(Action write)
    {
        lock (_lock)
        {
            Clear();
            write();
            Draw();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _turning;
        Clear();
        _over.Dispose();
    }

    private async Task TurnAsync()
    {
        using var timer = new PeriodicTimer(s_turn);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                lock (_lock)
                {
                    _turn++;
                    Draw();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Draw()
    {
        var (passed, text) = (Stopwatch.GetElapsedTime(_since), $"{Wheel[_turn % Wheel.Length]} {_step.Doing}");
        if (_step.Lasts is { } lasts && lasts > TimeSpan.Zero)
        {
            var done = Math.Min(1, passed / lasts);
            var filled = (int)(done * Bar);
            text += string.Create(CultureInfo.InvariantCulture, $"  {new string('━', filled)}{new string('─', Bar - filled)}  {Math.Max(0, (lasts - passed).TotalSeconds):0} s");
        }
        var room = Math.Max(20, System.Console.WindowWidth - 1);
        while (text.GetColumns() > room)
            text = text[..^1];
        _out.Control(_coloured ? "\r\u001b[2m" : "\r");
        _out.Write(text);
        _out.Control(_coloured ? "\u001b[0m\u001b[K" : "\u001b[K");
    }

    private void Clear() => _out.Control("\r\u001b[K");
}
