using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Hosting;

/// <summary>A disk that fills up or goes bad while the server runs: no false ack, a clear reason, and life after it.</summary>
public sealed class DiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [TimeLimit(120)]
    public async Task On_a_full_disk_sends_are_refused_health_says_why_and_with_room_again_all_goes_on()
    {
        Assert.SkipUnless(ServerRun.CanMount, "needs root and unshare");
        using var folder = new TemporaryFolder();
        var settings = TestSettings.For(folder);
        await using var run = new ServerRun(folder.Path, settings, $"mount -t tmpfs -o size=6m tmpfs '{folder.Path}'");
        await run.ReadyAsync(Ct);
        var ann = await Person.SignUpAsync(run.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        using var http = new Api(run.Uri, ann);
        var filler = $"/proc/{run.Id}/root{folder.File("filler")}";
        Fill(filler);

        var acked = new List<ChatEvent>();
        NewMessage? refused = null;
        for (var i = 0; refused is null && i < 1_000; i++)
        {
            var message = new NewMessage($"m{i}", new string('x', 16_000));
            var answer = await http.PostAsync($"/api/rooms/{room.Id}/messages", message);
            if (answer.Status == HttpStatusCode.Created)
                acked.Add(answer.As<ChatEvent>(HttpStatusCode.Created));
            else
                Assert.Contains("disk is full", answer.Refuses(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable) + (refused = message).ClientId, StringComparison.Ordinal);
        }
        Assert.NotNull(refused);
        // A probe is small; what is left for it is soon used up.
        await Eventually.TrueAsync(async () => await run.HealthAsync() is (HttpStatusCode.ServiceUnavailable, var text)
            && text.Contains("the disk is full", StringComparison.Ordinal), TimeSpan.FromSeconds(20), Ct);
        Assert.Equal(acked.Count + 1, (await ann.ReadLogAsync(room.Id, Ct)).Count); // reading goes on, and nothing unacked is there

        File.Delete(filler);

        await run.ReadyAsync(Ct);
        Assert.Equal(acked.Count + 2, (await http.PostAsync($"/api/rooms/{room.Id}/messages", refused)).As<ChatEvent>(HttpStatusCode.Created).Seq);
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_it_runs_is_refused_with_its_code_and_the_process_lives()
    {
        await using var server = new ChatServer();
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        using var http = new Api(server.Uri, ann);
        for (var i = 0; i < 200; i++)
            await http.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage($"m{i}", new string('x', 2_000)));
        await using (var other = new SqliteConnection($"Data Source={server.Data.File("chat.db")};Pooling=False"))
        {
            await other.OpenAsync(Ct);
            await using var checkpoint = other.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await checkpoint.ExecuteNonQueryAsync(Ct);
        }
        await using (var file = File.OpenWrite(server.Data.File("chat.db")))
        {
            var garbage = new byte[file.Length - 4096];
            Array.Fill(garbage, (byte)0xa5);
            file.Position = 4096;
            await file.WriteAsync(garbage, Ct);
        }
        SqliteConnection.ClearAllPools(); // what the connections have cached would hide it for a while

        (await http.GetAsync($"/api/rooms/{room.Id}/events?after=0")).Refuses(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable);
        (await http.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("after", "x"))).Refuses(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable);
        using var nobody = new Api(server.Uri, null);
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/health/live")).Status);
        var ready = await nobody.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Contains("damaged", ready.Text, StringComparison.Ordinal);
    }

    /// <summary>Writes until nothing more fits.</summary>
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[65_536, 4_096])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full: that was wanted.
            }
        }
    }
}
