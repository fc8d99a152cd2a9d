using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chat.Bench.Log;

/// <summary>The disk that everything is measured on.</summary>
internal static class Disk
{
    private const int Block = 4096;
    private const int Blocks = 256;

    /// <summary>The file system's type, such as <c>ext4</c>.</summary>
    public static string Format(string folder) => new DriveInfo(folder).DriveFormat;

    /// <summary>Whether syncing costs nothing there, so that there is nothing to measure.</summary>
    public static bool IsMemory(string folder) => Format(folder) is "tmpfs" or "ramfs";

    /// <summary>The median cost of one write of 4 KB and its sync, in a file that has its size already.</summary>
    public static TimeSpan SyncCost(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "sync"), FileMode.Create, FileAccess.Write, preallocationSize: Block * Blocks);
        var block = new byte[Block];
        for (var i = 0; i < Blocks; i++)
            RandomAccess.Write(file, block, i * Block);
        RandomAccess.FlushToDisk(file);

        var costs = new TimeSpan[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            Random.Shared.NextBytes(block);
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, i * Block);
            SyncData(file);
            costs[i] = Stopwatch.GetElapsedTime(start);
        }
        Array.Sort(costs);
        return costs[Blocks / 2];
    }

    /// <summary>As SQLite syncs: the data, without the times of the file.</summary>
    private static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(file);
        else if (fdatasync(file) != 0)
            throw new IOException($"fdatasync failed ({Marshal.GetLastPInvokeError()})");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fdatasync(SafeFileHandle file);
}
