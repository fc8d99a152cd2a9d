using Chat.Server.Log;
using Chat.Server.Log.Postgres;

namespace Chat.Tests.Log;

/// <summary>The contract on PostgreSQL.</summary>
public sealed class PostgresRoomLogTests(PostgresStore store) : RoomLogContract, IClassFixture<PostgresStore>
{
    public override async ValueTask InitializeAsync()
    {
        await store.EmptyAsync();
        await base.InitializeAsync();
    }

    protected override Task<IRoomLog> OpenLogAsync() => Task.FromResult<IRoomLog>(store.Open());

    protected override Task CloseLogAsync(IRoomLog log)
    {
        ((PostgresRoomLog)log).Dispose();
        return Task.CompletedTask;
    }
}
