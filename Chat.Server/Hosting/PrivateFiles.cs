using System.Runtime.InteropServices;

namespace Chat.Server.Hosting;

/// <summary>
/// Makes files and folders that only the server's own user may read (modes 600 and 700), independent of the umask and
/// of earlier modes. On Windows the folder's access list decides, and these calls only make what is missing.
/// </summary>
internal static class PrivateFiles
{
    /// <summary>600.</summary>
    public const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>700.</summary>
    public const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    /// <summary>Makes a folder and those above it that are missing. A folder that exists stays as it is.</summary>
    public static void MakeFolder(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (Directory.Exists(folder))
            return;
        // Makes the folders one by one, because the framework gives the mode to the last one only and the umask's mode
        // to those above it.
        if (Path.GetDirectoryName(folder) is { } parent)
            MakeFolder(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnersFolder);
    }

    /// <summary>
    /// Makes an empty file unless there is one. A program that opens it later cannot give it another mode.
    /// </summary>
    public static void MakeFile(string file)
    {
        if (File.Exists(file) || Directory.Exists(file))
            return;
        try
        {
            Create(file).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Either another process was faster, or the program that opens the file reports the error in its own words.
        }
    }

    /// <summary>
    /// Writes a whole file or nothing. It replaces an existing file; after a crash the file is the old or the new one.
    /// </summary>
    public static void Replace(string file, ReadOnlySpan<byte> content) => Write(file, content, overwrite: true);

    /// <summary>The same for a file that must not exist yet.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void WriteNew(string file, ReadOnlySpan<byte> content) => Write(file, content, overwrite: false);

    /// <summary>Takes away all rights of other users on an existing file.</summary>
    /// <returns>
    /// Why that did not work, as a sentence for the log; null if the file is private, or there is none.
    /// </returns>
    public static string? Protect(string file)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(file))
            return null;
        try
        {
            if ((File.GetUnixFileMode(file) & ~OwnersFile) != 0)
                File.SetUnixFileMode(file, OwnersFile);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} may be readable by other users of this machine, and its mode cannot be changed: "
                + $"{e.Message}";
        }
    }

    /// <summary>
    /// Takes away all rights of other users on an existing folder, if the folder is the server's own: it is named
    /// <c>data</c> beside the program or in the folder that the server was started in, or holds nothing but the
    /// server's files. A folder that others use too (a home, /tmp) stays as it is.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isOurs">Tells whether an entry of this name is the server's.</param>
    /// <returns>
    /// The reason why the folder stays open to others, as a sentence for the log; null if it is private.
    /// </returns>
    public static string? ProtectFolder(string folder, Func<string, bool> isOurs)
    {
        if (OperatingSystem.IsWindows())
            return null;
        try
        {
            folder = Path.GetFullPath(folder);
            var mode = File.GetUnixFileMode(folder);
            if ((mode & ~OwnersFolder) == 0)
                return null;
            if (!IsOwn(folder, mode, isOurs))
                return $"Other users of this machine may look into {folder}. It holds other things too, so its mode "
                    + "stays; the server's own files in it are private. A folder of its own is better";
            File.SetUnixFileMode(folder, OwnersFolder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Other users of this machine may look into {folder}, and its mode cannot be changed: {e.Message}";
        }
    }

    private static bool IsOwn(string folder, UnixFileMode mode, Func<string, bool> isOurs)
    {
        var name = Path.TrimEndingDirectorySeparator(folder);
        var parent = Path.TrimEndingDirectorySeparator(Path.GetDirectoryName(name) ?? "");
        string[] besides = [Environment.CurrentDirectory, AppContext.BaseDirectory];
        if (Path.GetFileName(name) == "data" && besides.Any(b => Path.TrimEndingDirectorySeparator(b) == parent))
            return true;
        string[] shared = ["/", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            Path.TrimEndingDirectorySeparator(Path.GetTempPath()), "/var/lib", "/srv", "/opt"];
        return !mode.HasFlag(UnixFileMode.StickyBit) && !shared.Contains(name)
            && Directory.EnumerateFileSystemEntries(folder).All(entry => isOurs(Path.GetFileName(entry)));
    }

    private static FileStream Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        return new FileStream(file, options);
    }

    private static void Write(string file, ReadOnlySpan<byte> content, bool overwrite)
    {
        var fresh = $"{file}.{Environment.ProcessId}.new";
        File.Delete(fresh);
        using (var stream = Create(fresh))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(fresh, file, overwrite);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>
    /// Syncs a folder, so that a crash of the machine does not undo a rename in it. The framework has no call for it.
    /// </summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Libc.Open(folder, flags: 0);
        if (handle < 0)
            return; // a folder that may be written but not read; most file systems keep the order anyway
        _ = Libc.Sync(handle);
        _ = Libc.Close(handle);
    }

    private static class Libc
    {
        [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false,
            ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int handle);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int handle);
    }
}
