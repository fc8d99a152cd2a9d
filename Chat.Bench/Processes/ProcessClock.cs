using System.Globalization;

namespace Chat.Bench.Processes;

/// <summary>
/// The time of day as one process sees it, which may jump while it runs. Needs libfaketime, which stands between the process and the system; the process
/// looks at the file once a second, so a jump takes up to a second. Its monotonic clock, and with it all time spans, stay as they are.
/// </summary>
/// <param name="file">Where the process looks; only for this.</param>
public sealed class ProcessClock(string file)
{
    /// <summary>Where libfaketime is; null if it is not installed.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Prepend("/usr/lib").Select(d => Path.Combine(d, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>What the process must find in its environment. Only where there is a <see cref="Library"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library ?? throw new InvalidOperationException("libfaketime is not installed."),
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>From now on, within a second, the process sees this much more than the time that it is; less if negative.</summary>
    public void Set(TimeSpan ahead)
    {
        // It never finds half a line.
        var next = $"{file}.next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{(long)ahead.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, file, overwrite: true);
    }

    /// <summary>Removes what the library leaves of a process that was killed: the next one with the same id would not start.</summary>
    public static void CleanUp(int pid)
    {
        File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/faketime_shm_{pid}"));
        File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/sem.faketime_sem_{pid}"));
    }
}
