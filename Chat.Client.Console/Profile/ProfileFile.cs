using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Profile;

/// <summary>
/// One account's tokens in a file that only its owner can read. A reader sees the old content or the new one, never a part;
/// several programs may use it at once.
/// </summary>
/// <param name="path">Where it is; its folder is made when it is written.</param>
public sealed class ProfileFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions s_json = new(ChatJson.Options) { WriteIndented = true };

    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>The content; an empty profile if there is no file. Throws <c>invalid</c> if it cannot be understood.</summary>
    public StoredProfile Read()
    {
        try
        {
            return JsonSerializer.Deserialize<StoredProfile>(File.ReadAllBytes(Path), s_json) ?? new StoredProfile();
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return new StoredProfile();
        }
        catch (JsonException damage)
        {
            throw new ChatException(ErrorCodes.Invalid, $"The profile {Path} is damaged; remove it and sign in again.", damage);
        }
    }

    /// <summary>Changes the content while no other program does, and returns the new one.</summary>
    public async Task<StoredProfile> ChangeAsync(Func<StoredProfile, CancellationToken, Task<StoredProfile>> change, CancellationToken ct)
    {
        ProfileFolder.Make(System.IO.Path.GetDirectoryName(Path)!);
        await using var ours = await LockAsync(ct);
        var before = Read();
        var after = await change(before, ct);
        if (after != before)
            Write(after);
        return after;
    }

    /// <inheritdoc cref="ChangeAsync(Func{StoredProfile, CancellationToken, Task{StoredProfile}}, CancellationToken)"/>
    public Task<StoredProfile> ChangeAsync(Func<StoredProfile, StoredProfile> change, CancellationToken ct) =>
        ChangeAsync((before, _) => Task.FromResult(change(before)), ct);

    private void Write(StoredProfile content)
    {
        var fresh = $"{Path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        try
        {
            using (var file = new FileStream(fresh, options))
            {
                JsonSerializer.Serialize(file, content, s_json);
                file.Flush(flushToDisk: true);
            }
            File.Move(fresh, Path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }

    // Refreshing may ask a server, so the lock can be held for seconds; who waits asks again.
    private async Task<FileStream> LockAsync(CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        for (var left = 300; ; left--)
        {
            try
            {
                return new FileStream($"{Path}.lock", options);
            }
            catch (IOException) when (left > 0)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}
