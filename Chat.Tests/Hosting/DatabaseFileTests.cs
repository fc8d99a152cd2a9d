using System.Net;
using Chat.Contracts;
using Chat.Tests.Log;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Hosting;

/// <summary>The SQLite file while the server runs: moved or replaced, and the size of its write-ahead log.</summary>
public sealed class DatabaseFileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_acknowledged_into_a_file_that_was_moved_away_or_replaced(bool replaced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let an open file be moved");
        await using var server = new ChatServer();
        var (path, away) = (server.Data.File("chat.db"), server.Data.File("away.db"));
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        using var api = new Api(server.Uri, ann);
        (await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("a", "text")))
            .As<ChatEvent>(HttpStatusCode.Created);

        File.Move(path, away);
        if (replaced)
            File.Copy(away, path);

        (await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("b", "text")))
            .Refuses(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable);
        // The log itself refuses, too, without the checks before it.
        var log = server.Services.GetRequiredService<Chat.Server.Log.IRoomLog>();
        var draft = new Chat.Server.Log.Draft(EventTypes.Message, "c", "text");
        var refusal = await Assert.ThrowsAsync<ChatException>(() =>
            log.AppendAsync(room.Id, new UserRef(ann.User.Id, ann.User.Name), [draft]));
        Assert.Contains("moved away or replaced", refusal.Message, StringComparison.Ordinal);
        (await api.GetAsync($"/api/rooms/{room.Id}/events?after=0")).Refuses(HttpStatusCode.ServiceUnavailable,
            ErrorCodes.Unavailable);
        (await api.PostAsync("/api/account/guest", new GuestRequest($"new{Guid.NewGuid():n}"[..20])))
            .Refuses(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable);
        Assert.Equal(replaced, File.Exists(path));
        using var nobody = new Api(server.Uri, null); // whose sign-in need not be looked up
        await Eventually.TrueAsync(async () =>
        {
            var health = await nobody.GetAsync("/health/ready");
            return health.Status == HttpStatusCode.ServiceUnavailable
                && health.Text.Contains("moved away", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(20), Ct, "health says so");

        File.Move(away, path, overwrite: true);
        Assert.Equal(3, (await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("b", "text")))
            .As<ChatEvent>(HttpStatusCode.Created).Seq);
    }

    [Fact]
    public async Task A_write_ahead_log_that_grew_while_somebody_read_for_long_shrinks_again()
    {
        using var store = new SqliteStore();
        using var log = await store.OpenAsync();
        var ann = new UserRef("ann", "Ann");
        var room = await log.CreateAsync(RoomKind.Public, "room", "", ann);
        using (var reader = store.Connect())
        {
            using var begin = reader.CreateCommand();
            begin.CommandText = "BEGIN; SELECT count(*) FROM \"Events\"";
            begin.ExecuteScalar();
            for (var i = 0; i < 15; i++)
                await log.AppendAsync(room, ann, [.. Enumerable.Range(0, 100)
                    .Select(n => new Chat.Server.Log.Draft("message", $"{i}-{n}", new string('x', 16_000)))]);
            Assert.True(Size() > 20_000_000, $"{Size()} bytes");
        }

        for (var i = 0; i < 3; i++)
            await log.ProbeAsync();
        Assert.InRange(Size(), 0, 17_000_000);

        long Size() => new FileInfo($"{store.File}-wal").Length;
    }

    [Fact]
    public async Task A_running_server_watches_no_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc");
        await using var server = await ServerProcess.RunAsync(Ct);

        var open = Directory.EnumerateFiles($"/proc/{server.Id}/fd").Select(f => new FileInfo(f).LinkTarget).ToList();
        Assert.Contains(open, o => o?.EndsWith("chat.db", StringComparison.Ordinal) is true);
        Assert.DoesNotContain("anon_inode:inotify", open);
    }
}
