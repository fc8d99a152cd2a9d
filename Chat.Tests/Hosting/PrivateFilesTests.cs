using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Chat.Server.Accounts;
using Chat.Server.Copying;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Server.Log;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Chat.Tests.Hosting;

/// <summary>
/// Nobody else on the machine reads the database, its keys or a backup: files are 600, their folders 700.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class PrivateFilesTests : IDisposable
{
    private const UnixFileMode Readable = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Others =
        Readable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [TimeLimit(120)]
    [InlineData("022")]
    [InlineData("000")]
    public async Task With_TLS_all_that_a_server_makes_is_its_owners_alone_whatever_the_umask(string umask)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has access lists instead");
        using var server = Shell($"umask {umask}; exec dotnet {ServerBinary.Path} --tls --urls https://127.0.0.1:0");
        try
        {
            string[] made = ["chat.db", "chat.db-wal", "chat.db-shm", "tls/ca.pem", "tls/ca-key.pem", "tls/server.pem",
                "keys/master.key"];
            await Eventually.TrueAsync(() => made.All(file => File.Exists(Path.Combine(Data, file))),
                TimeSpan.FromSeconds(60), Ct, "it has made its files");
            AssertPrivate(Data);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(Ct);
        }
    }

    [Fact]
    public async Task What_an_earlier_version_left_open_is_put_right_at_the_next_start()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has access lists instead");
        using (var store = new SqliteStore(Data))
            (await store.OpenAsync()).Dispose();
        var tls = new TlsOptions { Enabled = true, Folder = Path.Combine(Data, "tls") };
        MadeCertificate.Read(tls, DateTimeOffset.UtcNow);
        OpenUp(Data);
        var database = ChatDatabase.At($"Data Source={Data}/chat.db;Pooling=False");

        Assert.Empty(MadeCertificate.Protect(tls));
        await database.PrepareAsync(Ct);

        AssertPrivate(Data);
        Assert.Empty(database.OpenToOthers);
    }

    [Fact]
    public async Task A_folder_that_others_use_too_stays_as_it_is_and_the_server_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has access lists instead");
        Directory.CreateDirectory(_folder.File("shared"));
        await File.WriteAllTextAsync(_folder.File("shared/somebody.txt"), "", Ct);
        OpenUp(_folder.File("shared"));
        var before = File.GetUnixFileMode(_folder.File("shared"));
        var database = ChatDatabase.At($"Data Source={_folder.File("shared/chat.db")};Pooling=False");

        await database.PrepareAsync(Ct);

        Assert.Equal(before, File.GetUnixFileMode(_folder.File("shared")));
        Assert.Equal(PrivateFiles.OwnersFile, File.GetUnixFileMode(_folder.File("shared/chat.db")));
        Assert.Contains("shared", Assert.Single(database.OpenToOthers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_database_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has access lists instead");
        Directory.CreateDirectory(_folder.File("elsewhere"));
        Directory.CreateDirectory(Data);
        File.CreateSymbolicLink(Path.Combine(Data, "chat.db"), _folder.File("elsewhere/real.db"));

        await ChatDatabase.At($"Data Source={Data}/chat.db;Pooling=False").PrepareAsync(Ct);

        Assert.Equal(PrivateFiles.OwnersFile, File.GetUnixFileMode(_folder.File("elsewhere/real.db")));
    }

    [Fact]
    public async Task A_copy_is_as_private_as_its_source()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has access lists instead");
        await MakeDatabaseAsync();
        Directory.CreateDirectory(_folder.File("copy"));
        await File.WriteAllTextAsync(_folder.File("copy/chat.db"), "", Ct);
        OpenUp(_folder.File("copy"));

        var code = await CopyCommand.RunAsync(
            ["--from", $"Data Source={Data}/chat.db", "--to", $"Data Source={_folder.File("copy/chat.db")}"],
            TextWriter.Null, TextWriter.Null, Ct);

        Assert.Equal(CopyCommand.Done, code);
        AssertPrivate(_folder.File("copy"));
    }

    [Theory]
    [InlineData("022")]
    [InlineData("000")]
    public async Task The_backups_that_the_docs_tell_how_to_make_are_their_owners_alone(string umask)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sqlite3"), "needs sqlite3");
        await MakeDatabaseAsync();
        var docs = await File.ReadAllTextAsync(Repository.File("docs/operating.md"), Ct);
        var commands = BackupCommand().Matches(docs).Select(m => m.Value.Trim('`')).Distinct().ToList();
        Assert.NotEmpty(commands);

        foreach (var command in commands)
        {
            var before = Directory.GetFiles(_folder.Path).ToHashSet();
            using var shell = Shell($"umask {umask}; {command}");
            await shell.WaitForExitAsync(Ct);
            Assert.Equal(0, shell.ExitCode);
            var backup = Assert.Single(Directory.GetFiles(_folder.Path).Except(before));
            Assert.Equal(PrivateFiles.OwnersFile, File.GetUnixFileMode(backup));
            File.Delete(backup);
        }
    }

    [GeneratedRegex("`[^`]*sqlite3 [^`]*`")]
    private static partial Regex BackupCommand();

    private async Task MakeDatabaseAsync()
    {
        var database = ChatDatabase.At($"Data Source={Data}/chat.db;Pooling=False");
        await database.PrepareAsync(Ct);
        foreach (DbContext db in (DbContext[])[LogDb.Migrating(database), AccountsDb.Migrating(database)])
        {
            await database.MigrateAsync(db, Ct);
            await db.DisposeAsync();
        }
    }

    private static void AssertPrivate(string folder)
    {
        Assert.Equal(PrivateFiles.OwnersFolder, File.GetUnixFileMode(folder));
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            Assert.Equal((entry, Directory.Exists(entry) ? PrivateFiles.OwnersFolder : PrivateFiles.OwnersFile),
                (entry, File.GetUnixFileMode(entry)));
    }

    private static void OpenUp(string folder)
    {
        File.SetUnixFileMode(folder, PrivateFiles.OwnersFolder | Others);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(entry, Directory.Exists(entry) ? PrivateFiles.OwnersFolder | Others
                : PrivateFiles.OwnersFile | Readable);
    }

    private Process Shell(string command) =>
        Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
}
