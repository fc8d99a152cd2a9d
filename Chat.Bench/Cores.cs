using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench;

/// <summary>Keeps server and load out of each other's way: each on a core of its own, where <c>taskset</c> and two cores are to be had.</summary>
internal static class Cores
{
    /// <summary>Whether processes can be kept apart here.</summary>
    public static bool CanPin { get; } = OperatingSystem.IsLinux() && Environment.ProcessorCount > 1 && Tools.Find("taskset") is not null;

    /// <summary>What to start a server with so that it stays on the first core; nothing where that cannot be done.</summary>
    public static IReadOnlyList<string> ServerPrefix => CanPin ? ["taskset", "-c", "0"] : [];

    /// <summary>Keeps a process that runs already on the first core, and what it starts from now on; nothing where that cannot be done.</summary>
    public static void PinServer(int process)
    {
        if (CanPin)
            Bind(process, "0");
    }

    /// <summary>Keeps this process, all of its threads, off the first core; the result gives it back.</summary>
    public static IDisposable PinLoad()
    {
        if (!CanPin)
            return new Unpinned();
        var last = Environment.ProcessorCount - 1;
        Bind(Environment.ProcessId, $"1-{last}");
        return new Unpinned($"0-{last}");
    }

    private static void Bind(int process, string cores)
    {
        using var taskset = Process.Start(new ProcessStartInfo(
            "taskset", ["-a", "-c", "-p", cores, process.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }

    private sealed class Unpinned(string? all = null) : IDisposable
    {
        public void Dispose()
        {
            if (all is not null) Bind(Environment.ProcessId, all);
        }
    }
}
