using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Chat.Bench.Processes;

/// <summary>The signals that .NET cannot send by itself.</summary>
public static class Signal
{
    private const int NoSuchProcess = 3;
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>Ends a process at once; one that is gone already stays so.</summary>
    public static void Kill(int pid) => _ = Send(pid, SigKill, mayBeGone: true);

    /// <summary>As Ctrl-C does.</summary>
    public static void Interrupt(int pid) => Send(pid, SigInt);

    /// <summary>SIGQUIT: to PostgreSQL, stop at once and do not clean up.</summary>
    public static void Quit(int pid) => Send(pid, SigQuit);

    /// <summary>
    /// Freezes a process where it stands, and returns when none of its threads runs any more. On a busy machine the
    /// signal reaches them late.
    /// </summary>
    /// <exception cref="TimeoutException">Some of them run even after a minute.</exception>
    public static void Freeze(int pid)
    {
        Send(pid, SigStop);
        if (!SpinWait.SpinUntil(() => IsFrozen(pid), s_patience))
            throw new TimeoutException($"Process {pid} was not frozen within {s_patience.TotalSeconds:0} s.");
    }

    /// <summary>Lets a frozen process go on; one that is gone already stays so.</summary>
    public static void Thaw(int pid) => _ = Send(pid, SigCont, mayBeGone: true);

    private static bool IsFrozen(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task")
                .All(thread => State(thread) is 'T' or 'Z' or 'X');
        }
        catch (IOException)
        {
            return !Directory.Exists($"/proc/{pid}"); // a thread has just ended, or all of them
        }
    }

    /// <summary>The state of a thread, which stands behind its name in parentheses (proc(5)).</summary>
    private static char State(string thread)
    {
        var stat = File.ReadAllText(Path.Combine(thread, "stat"));
        return stat[stat.LastIndexOf(')') + 2];
    }

    private static bool Send(int pid, int signal, bool mayBeGone = false)
    {
        if (SendSignal(pid, signal) == 0)
            return true;
        return mayBeGone && Marshal.GetLastPInvokeError() == NoSuchProcess ? false : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
