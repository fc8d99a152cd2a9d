using System.Diagnostics;

namespace Chat.Bench.Processes;

/// <summary>
/// The time of day as one process sees it, which may jump while it runs; its monotonic clock, and with it all time spans, stay as they are. It takes a
/// library between the process and the system (<c>clock.c</c>), which is compiled on the spot.
/// </summary>
public sealed class ProcessClock
{
    private readonly string _file;

    private ProcessClock(string library, string file)
    {
        _file = file;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["CHAT_CLOCK"] = file };
        Set(TimeSpan.Zero);
    }

    /// <summary>What the process must find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Some clocks, all right at first; null where there is no C compiler or no Linux.</summary>
    /// <param name="folder">Where their files are to be, as long as a process uses them.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<ProcessClock>? TryMake(string folder, int count)
    {
        if (!OperatingSystem.IsLinux() || Tools.Find("cc") is not { } compiler)
            return null;
        var (source, library) = (Path.Combine(folder, "clock.c"), Path.Combine(folder, "clock.so"));
        using (var code = typeof(ProcessClock).Assembly.GetManifestResourceStream("clock.c")!)
        using (var file = File.Create(source))
            code.CopyTo(file);
        using var compiling = Process.Start(new ProcessStartInfo(compiler, ["-shared", "-fPIC", "-O2", "-o", library, source]))!;
        compiling.WaitForExit();
        return compiling.ExitCode == 0 ? [.. Enumerable.Range(1, count).Select(n => new ProcessClock(library, Path.Combine(folder, $"clock-{n}")))] : null;
    }

    /// <summary>From now on the process sees this much more than the time that it is, in whole seconds; less if negative.</summary>
    public void Set(TimeSpan ahead)
    {
        // In place: the process has mapped this file, not its name.
        using var file = new FileStream(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)ahead.TotalSeconds));
    }
}
