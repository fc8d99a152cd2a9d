using Chat.Client.Console.Profile;
using Chat.Contracts;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProfileFileTests
{
    private static readonly Uri s_server = new("http://localhost:5000/");
    private static readonly StoredSession s_session = new(new User("1", "dora", UserKind.Guest), "access", "refresh", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Only_its_owner_can_read_it_and_nothing_else_is_left_behind()
    {
        using var home = new TemporaryFolder();
        var file = new ProfileFile(Path.Combine(home.Path, "chat", "default.json"));
        await file.ChangeAsync(before => before.With(s_server, s_session), TestContext.Current.CancellationToken);

        Assert.Equal(s_session, new ProfileFile(file.Path).Read().On(s_server));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file.Path)!));
        Assert.Equal(["default.json", "default.json.lock"], Directory.GetFiles(Path.GetDirectoryName(file.Path)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_reader_never_sees_a_part_and_no_change_is_lost()
    {
        var ct = TestContext.Current.CancellationToken;
        using var home = new TemporaryFolder();
        var path = home.File("default.json");
        using var done = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                _ = new ProfileFile(path).Read();
        }, ct);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => new ProfileFile(path).ChangeAsync(before => before.With(new Uri($"http://localhost:{5000 + i}/"), s_session), ct), ct)));
        await done.CancelAsync();
        await reading;
        Assert.Equal(20, new ProfileFile(path).Read().Sessions.Count);
    }

    [Fact]
    public void Without_a_file_nobody_is_signed_in_and_a_damaged_one_is_told()
    {
        using var home = new TemporaryFolder();
        var file = new ProfileFile(home.File("default.json"));
        Assert.Null(file.Read().On(s_server));
        File.WriteAllText(file.Path, "{ half");
        Assert.Equal(ErrorCodes.Invalid, Assert.Throws<ChatException>(file.Read).Code);
    }
}
