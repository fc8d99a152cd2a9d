using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Log;

/// <summary>
/// What <see cref="IRoomLog"/> promises, for every implementation to inherit. This file has the setting; the others the promises, by subject.
/// </summary>
public abstract partial class RoomLogContract : IAsyncLifetime
{
    protected static readonly UserRef Ann = new("ann", "Ann"), Bob = new("bob", "Bob"), Cid = new("cid", "Cid"), Eve = new("eve", "Eve");

    private readonly ConcurrentQueue<ChatEvent> _committed = new();
    private IRoomLog? _log;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected IRoomLog Log => _log!;

    /// <summary>What <see cref="IRoomLog.Committed"/> brought so far.</summary>
    protected IReadOnlyList<ChatEvent> Committed => [.. _committed];

    public virtual async ValueTask InitializeAsync() => await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseLogAsync(Log);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the test's store; a second time it still has what was written the first time.</summary>
    protected abstract Task<IRoomLog> OpenLogAsync();

    /// <summary>Finishes what was begun and closes.</summary>
    protected abstract Task CloseLogAsync(IRoomLog log);

    protected async Task ReopenAsync()
    {
        await CloseLogAsync(Log);
        await OpenAsync();
    }

    protected static Draft Say(string clientId, string body = "text", long? replyTo = null) => new(EventTypes.Message, clientId, body, replyTo);

    protected static Draft Edit(string clientId, long target, string body = "better") => new(EventTypes.Edit, clientId, body, Target: target);

    protected static Draft Delete(string clientId, long target) => new(EventTypes.Delete, clientId, Body: null, Target: target);

    protected static Draft React(string clientId, long target, string body = "👍") => new(EventTypes.Reaction, clientId, body, Target: target);

    /// <summary>A public room of Ann's; its first event is her joining. Others join it in order.</summary>
    protected async Task<string> RoomAsync(params UserRef[] others)
    {
        var room = await Log.CreateAsync(RoomKind.Public, "room", "", Ann);
        foreach (var other in others)
            await Log.AddMemberAsync(room, other, other);
        return room;
    }

    protected async Task<ChatEvent> PostAsync(string room, UserRef sender, Draft draft)
    {
        var result = Assert.Single(await Log.AppendAsync(room, sender, [draft]));
        Assert.Null(result.Error);
        return result.Event!;
    }

    protected async Task<string?> RefusalAsync(string room, UserRef sender, Draft draft) =>
        Assert.Single(await Log.AppendAsync(room, sender, [draft])).Error?.Code;

    protected Task<IReadOnlyList<ChatEvent>> AllAsync(string room) => Log.ReadAllAsync(room, Ct);

    protected static async Task RefusedAsync(string code, Task call)
    {
        var refusal = await Assert.ThrowsAsync<ChatException>(() => call);
        Assert.Equal(code, refusal.Code);
    }

    /// <summary>Equal in everything that an event says.</summary>
    protected static void Same(IEnumerable<ChatEvent> expected, IEnumerable<ChatEvent> actual) => Assert.Equal(expected, actual);

    private async Task OpenAsync()
    {
        _log = await OpenLogAsync();
        _log.Committed += events =>
        {
            foreach (var e in events)
                _committed.Enqueue(e);
        };
    }
}
