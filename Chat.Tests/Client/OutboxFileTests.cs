using System.Text;
using Chat.Client;
using Chat.Client.Sending;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Chat.Tests.Support;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat.Tests.Client;

public sealed class OutboxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("outbox.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_queued_survives_in_its_order_and_what_was_done_does_not()
    {
        await using (var file = Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => file.AddAsync(Entry(i))));
            for (var i = 0; i < 50; i += 2)
                file.Done(OutboxKey.Of(Entry(i)));
        }

        await using var again = Open();
        Assert.Equal(Enumerable.Range(0, 25).Select(i => Entry((2 * i) + 1)), again.Earlier);
    }

    [Fact]
    public async Task A_file_cut_at_any_byte_gives_back_every_whole_line_before_the_cut()
    {
        await using (var file = Open())
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => file.AddAsync(Entry(i))));
        var whole = await File.ReadAllBytesAsync(FilePath, Expect.Soon);

        await Gen.Int[0, whole.Length].SampleAsync(async cut =>
        {
            await File.WriteAllBytesAsync(FilePath, whole[..cut]);
            // The line break alone may be missing: then the line is whole.
            var lines = Encoding.UTF8.GetString(whole[..Math.Min(whole.Length, cut + 1)]).Count(c => c == '\n');
            await using (var file = Open())
            {
                Assert.Equal(Enumerable.Range(0, lines).Select(Entry), file.Earlier);
                await file.AddAsync(Entry(99));
            }

            await using var again = Open();
            Assert.Equal(Enumerable.Range(0, lines).Append(99).Select(Entry), again.Earlier);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public async Task Before_the_queueing_is_confirmed_the_line_is_in_the_file()
    {
        await using var file = Open();
        for (var i = 0; i < 5; i++)
        {
            await file.AddAsync(Entry(i));
            Assert.Equal(i + 1, await LinesAsync());
        }
    }

    [Fact]
    public async Task A_long_life_does_not_make_a_long_file()
    {
        await using (var file = Open())
        {
            await file.AddAsync(Entry(100_000));
            for (var i = 0; i < 2_000; i++)
            {
                await file.AddAsync(Entry(i));
                file.Done(OutboxKey.Of(Entry(i)));
            }
        }

        Assert.InRange(await LinesAsync(), 1, 1_100);
        await using var again = Open();
        Assert.Equal([Entry(100_000)], again.Earlier);
    }

    [Fact]
    public async Task A_second_process_is_told_that_the_file_is_in_use()
    {
        await using var file = Open();
        var refusal = Assert.Throws<ChatException>(Open);
        Assert.Equal(ErrorCodes.Unavailable, refusal.Code);
        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_may_read_it()
    {
        await using var file = Open();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task A_message_of_an_earlier_process_is_shown_and_sent_once()
    {
        await using var server = await FakeServer.StartAsync();
        server.AddRoom("r");
        server.AfterSend = session =>
        {
            session.Abort();
            return Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        };
        await using (var first = new ChatConnection(server.Options() with { OutboxFile = FilePath, Transport = TransportKind.WebSockets }))
        {
            await first.StartAsync(Expect.Soon);
            _ = first.SendAsync("r", "once", ct: Expect.Soon);
            await Expect.HoldsAsync(() => server.Bodies("r").Count == 1);
        }

        server.AfterSend = _ => Task.CompletedTask;
        await using var second = new ChatConnection(server.Options() with { OutboxFile = FilePath });
        Assert.Equal("once", Assert.Single(second.Outbox).Body);
        await second.StartAsync(Expect.Soon);
        await Expect.HoldsAsync(() => second.Outbox.Count == 0);
        Assert.Equal(["once"], server.Bodies("r"));
    }

    private OutboxFile Open() => new(FilePath, NullLogger.Instance);

    private async Task<int> LinesAsync()
    {
        await using var read = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(read);
        return (await text.ReadToEndAsync(Expect.Soon)).Count(c => c == '\n');
    }

    private static OutboxEntry Entry(int i) =>
        new($"room {i % 3}", $"id-{i}", $"body {i} — \"é\"\n", i % 2 == 0 ? i : null, DateTimeOffset.UnixEpoch.AddSeconds(i));
}
