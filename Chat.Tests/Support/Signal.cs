using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Chat.Tests.Support;

/// <summary>The signals that .NET cannot send by itself.</summary>
public static class Signal
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int SigTerm = 15;

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int pid) => Send(pid, SigTerm);

    /// <summary>Freezes a process where it stands.</summary>
    public static void Freeze(int pid) => Send(pid, SigStop);

    /// <summary>Lets a frozen process go on.</summary>
    public static void Thaw(int pid) => Send(pid, SigCont);

    private static void Send(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
