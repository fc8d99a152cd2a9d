using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Chat.Bench.Processes;

/// <summary>The signals that .NET cannot send by itself.</summary>
public static class Signal
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private const int SigInt = 2;
    private const int SigQuit = 3;

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>What Ctrl-C sends.</summary>
    public static void Interrupt(int pid) => Send(pid, SigInt);

    /// <summary>SIGQUIT: to PostgreSQL, stop at once without cleaning up.</summary>
    public static void Quit(int pid) => Send(pid, SigQuit);

    /// <summary>Ends a process at once.</summary>
    public static void Kill(int pid) => Send(pid, SigKill);

    /// <summary>Freezes a process where it stands.</summary>
    public static void Freeze(int pid) => Send(pid, SigStop);

    /// <summary>Lets a frozen process go on.</summary>
    public static void Thaw(int pid) => Send(pid, SigCont);

    private static void Send(int pid, int signal)
    {
        if (SendSignal(pid, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
