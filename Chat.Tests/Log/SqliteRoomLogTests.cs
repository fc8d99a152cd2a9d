using Chat.Server.Log;
using Chat.Server.Log.Sqlite;

namespace Chat.Tests.Log;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteRoomLogTests : RoomLogContract
{
    private readonly SqliteStore _store = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _store.Dispose();
    }

    protected override async Task<IRoomLog> OpenLogAsync() => await _store.OpenAsync();

    protected override Task CloseLogAsync(IRoomLog log)
    {
        ((SqliteRoomLog)log).Dispose();
        return Task.CompletedTask;
    }
}
