using System.Text;
using Chat.Server.Hosting;

namespace Chat.Server.Keys;

/// <summary>The file that holds the master keys. Beside a SQLite database the server makes it.</summary>
internal sealed class MasterKeyFile
{
    private const string Comment =
        "# The master key of this server: it decrypts the keys in the database. Keep a copy in a safe place, apart "
            + "from the backups of the database.\n";

    private readonly bool _mayBeMade;

    private MasterKeyFile(string path, bool mayBeMade) => (Path, _mayBeMade) = (path, mayBeMade);

    public string Path { get; }

    /// <summary>The file's path; null if the keys are in no file, or none is configured.</summary>
    public static MasterKeyFile? Of(KeyOptions options, ChatDatabase database)
    {
        if (!string.IsNullOrWhiteSpace(options.Master))
            return null;
        if (!string.IsNullOrWhiteSpace(options.File))
            return new MasterKeyFile(System.IO.Path.GetFullPath(options.File), database is SqliteDatabase);
        return database is SqliteDatabase
            ? new MasterKeyFile(
                System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(database.Place))!,
                    "keys", "master.key"), mayBeMade: true)
            : null;
    }

    /// <summary>Reads the master keys; null if the file is missing and may be made.</summary>
    /// <exception cref="StartException">The file cannot be read, or is missing and may not be made.</exception>
    public MasterKeys? Read()
    {
        try
        {
            return MasterKeys.Parse(File.ReadAllText(Path), Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return _mayBeMade ? null
                : throw new StartException(
                    $"{KeyOptions.FileKey} ({Path}): there is no such file. It must hold the master key that all nodes "
                        + "share.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{KeyOptions.FileKey} ({Path}): {e.Message}", e);
        }
    }

    /// <summary>
    /// Makes a new key. The file is on the disk when the call returns, before anything is encrypted with the key.
    /// </summary>
    /// <exception cref="StartException">The file cannot be written.</exception>
    public MasterKeys Make()
    {
        var text = $"{Comment}{MasterKey.NewText()}\n";
        try
        {
            PrivateFiles.MakeFolder(System.IO.Path.GetDirectoryName(Path)!);
            PrivateFiles.WriteNew(Path, Encoding.ASCII.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{KeyOptions.FileKey} ({Path}): {e.Message}", e);
        }
        return MasterKeys.Parse(text, Path);
    }

    /// <summary>Sets the modes right.</summary>
    /// <returns>The entries that stay readable by others, as sentences for the log.</returns>
    public IEnumerable<string> Protect()
    {
        if (!File.Exists(Path))
            return [];
        var name = System.IO.Path.GetFileName(Path);
        return [.. ((string?[])[PrivateFiles.ProtectFolder(System.IO.Path.GetDirectoryName(Path)!,
            entry => entry.StartsWith(name, StringComparison.Ordinal)), PrivateFiles.Protect(Path)])
            .OfType<string>()];
    }
}
