using System.Runtime.InteropServices;

namespace Chat.Client.Console.Commands;

/// <summary>
/// Ctrl-C, SIGTERM and SIGHUP as a cancellation, so that what is open is closed and the terminal restored. The second one ends
/// the process at once, and so do a few seconds after the first.
/// </summary>
public sealed partial class Signals : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    /// <summary>Listens from now on.</summary>
    public Signals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Take(s, ExitCodes.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Take(s, 143)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, s => Take(s, 129)),
    ];

    /// <summary>Fires at the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What the shell expects of a program that ended by this signal; 130 if none came.</summary>
    public int ExitCode => _exitCode == 0 ? ExitCodes.Interrupted : _exitCode;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private static void EndAfterPatience(int exitCode)
    {
        Thread.Sleep(s_patience);
        // Environment.Exit would wait for those who wait for the terminal.
        if (OperatingSystem.IsWindows())
            Environment.Exit(exitCode);
        else
            ExitNow(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int exitCode);

    private void Take(PosixSignalContext signal, int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
            return;
        signal.Cancel = true;
        // A terminal that has gone away may never let its screen end, and nobody is there to send the second signal.
        new Thread(() => EndAfterPatience(exitCode)) { IsBackground = true }.Start();
        _stop.Cancel();
    }
}
