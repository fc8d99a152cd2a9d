using Chat.Contracts;
using Chat.Tests.Log;
using Chat.Tests.Support;
using RelaySession = Chat.Server.Relay.Session;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>
/// After a deletion through one node another node no longer hands out the text, whether or not it was told.
/// </summary>
public sealed class DeletedTests : IAsyncLifetime
{
    private const int Old = 1_303;

    private readonly SqliteStore _store = new();
    private RelayRig _writer = null!;
    private RelayRig _reader = null!;
    private string _room = "";
    private long _message;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _writer = await RelayRig.StartAsync(store: _store);
        _reader = await RelayRig.StartAsync(store: _store, writer: _writer.Log);
        _room = await _writer.RoomAsync();
        _message = (await _writer.SayAsync(_room, Ann, body: "secret"))[0].Event!.Seq;
        await _writer.SayAsync(_room, Ann, 100);
        await _writer.Log.AppendAsync(_room, Ann, [new(EventTypes.Edit, "edit", "secret too", Target: _message)]);
        for (var i = 0; i < 12; i++)
            await _writer.SayAsync(_room, Ann, 100);
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _writer.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task Who_comes_back_to_a_node_on_which_nobody_followed_the_room_meanwhile_does_not_get_it()
    {
        var session = await FillCachesAsync();
        session.Close();
        await _reader.PassUntilAsync(() => _reader.Relay.Feeds.Find(_room) is null, "the feed is forgotten");
        await DeleteAsync();

        await ComesWithoutAsync(Old + 1);
    }

    [Fact]
    public async Task A_node_that_was_not_told_knows_at_the_next_comparison()
    {
        await FillCachesAsync();
        await DeleteAsync();
        await _reader.PassUntilAsync(() => _reader.Relay.Feeds.Find(_room)!.Head == Old + 1, "heads are compared");

        await ComesWithoutAsync(Old + 1);
    }

    [Fact]
    public async Task A_node_that_was_told_knows_at_once_though_something_before_it_is_missing()
    {
        await FillCachesAsync();
        await _writer.SayAsync(_room, Ann); // of this it is not told
        var deletion = await DeleteAsync();
        var asked = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _reader.Log.BeforeRead = () =>
        {
            asked.TrySetResult();
            return go.Task;
        };
        _reader.Backplane.Hear(deletion);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.False(_reader.Relay.Feeds.Find(_room)!.Head > Old);
        _reader.Log.BeforeRead = () => Task.CompletedTask;
        var (transport, _) = await _reader.ConnectAsync(Ann, (_room, 0));
        await transport.ReceivesAsync(_room, Numbers(Old));
        go.SetResult();
        await transport.ReceivesAsync(_room, Numbers(Old + 2));
        HasNone(transport);
    }

    [Fact]
    public async Task A_read_that_was_under_way_while_it_was_deleted_does_not_bring_it_back()
    {
        var read = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var (transport, _) = await _reader.ConnectAsync(Ann, (_room, Old));
        await _reader.PassUntilAsync(() => _reader.Relay.Feeds.Find(_room)!.Head == Old, "it follows");
        _reader.Log.AfterRead = () =>
        {
            read.TrySetResult();
            return go.Task;
        };
        var (back, _) = await _reader.ConnectAsync(Ann, (_room, 0));
        await read.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        // The result of the held read has the text; now the text goes.
        _reader.Log.AfterRead = () => Task.CompletedTask;
        _reader.Backplane.Hear(await DeleteAsync());
        await transport.ReceivesAsync(_room, Old + 1);
        go.SetResult();
        await back.ReceivesAsync(_room, Numbers(Old + 1));

        HasNone(back);
        await ComesWithoutAsync(Old + 1);
    }

    [Fact]
    public async Task Nor_does_a_read_for_the_tail_if_something_before_the_deletion_is_missing()
    {
        const int Head = Old + 1;
        var late = (await _writer.SayAsync(_room, Ann, body: "secret"))[0].Event!.Seq;
        await _reader.ConnectAsync(Ann, (_room, Head));
        await _reader.PassUntilAsync(() => _reader.Relay.Feeds.Find(_room)!.Head == Head, "it follows");
        var (read, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _reader.Log.AfterRead = () =>
        {
            read.TrySetResult();
            return go.Task;
        };
        var (back, _) = await _reader.ConnectAsync(Ann, (_room, Head - 10));
        await read.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        // The result of the held read has the text. The read that would bring the deletion is held, too.
        var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _reader.Log.AfterRead = () => Task.CompletedTask;
        _reader.Log.BeforeRead = () =>
        {
            asked.TrySetResult();
            return goOn.Task;
        };
        await _writer.SayAsync(_room, Ann); // of this it is not told
        _reader.Backplane.Hear((await _writer.Log.AppendAsync(_room, Ann,
            [new(EventTypes.Delete, "late", Body: null, Target: late)]))[0].Event!);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        go.SetResult();

        await back.ReceivesAsync(_room, Numbers(Head).Skip(Head - 10));
        HasNone(back);
        goOn.SetResult();
        await back.ReceivesAsync(_room, Numbers(Head + 2).Skip(Head - 10));
        HasNone(back);
    }

    private static IEnumerable<long> Numbers(int last) => Enumerable.Range(1, last).Select(n => (long)n);

    private static void HasNone(RecordingTransport transport) =>
        Assert.DoesNotContain(transport.Written.OfType<ChatEvent>(),
            e => e.Body?.StartsWith("secret", StringComparison.Ordinal) is true);

    private async Task<RelaySession> FillCachesAsync()
    {
        var (transport, session) = await _reader.ConnectAsync(Ann, (_room, 0));
        await transport.ReceivesAsync(_room, Numbers(Old));
        return session;
    }

    private async Task<ChatEvent> DeleteAsync() =>
        (await _writer.Log.AppendAsync(_room, Ann,
            [new(EventTypes.Delete, "delete", Body: null, Target: _message)]))[0].Event!;

    private async Task ComesWithoutAsync(int last)
    {
        var (transport, _) = await _reader.ConnectAsync(Ann, (_room, 0));
        await transport.ReceivesAsync(_room, Numbers(last));
        HasNone(transport);
    }
}
