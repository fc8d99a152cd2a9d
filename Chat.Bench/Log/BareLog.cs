using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Bench.Log;

/// <summary>The log alone, in this process.</summary>
internal sealed class BareLog : IWriter
{
    /// <summary>Of the database.</summary>
    public const string FileName = "chat.db";

    private readonly SqliteRoomLog _log;
    private readonly LogRun _run;
    private readonly string[] _rooms;
    private readonly UserRef[] _senders;

    private BareLog(SqliteRoomLog log, LogRun run, string[] rooms, UserRef[] senders) => (_log, _run, _rooms, _senders) = (log, run, rooms, senders);

    /// <summary>Makes a database in a folder, with the rooms and their members.</summary>
    public static async Task<BareLog> OpenAsync(LogRun run, string folder, int batchSize, CancellationToken cancellation)
    {
        var database = new SqliteDatabase($"Data Source={Path.Combine(folder, FileName)}");
        await database.PrepareAsync(cancellation);
        await using (var db = LogDb.Migrating(database))
            await database.MigrateAsync(db, cancellation);

        var log = new SqliteRoomLog(database.ConnectionString, TimeProvider.System, NullLogger<SqliteRoomLog>.Instance, batchSize);
        var senders = Enumerable.Range(0, run.Senders).Select(i => new UserRef($"sender-{i}", $"sender-{i}")).ToArray();
        var rooms = new string[run.Rooms];
        for (var i = 0; i < rooms.Length; i++)
        {
            var (owner, friend) = (senders[i % senders.Length], $"friend-{i / senders.Length}");
            rooms[i] = run.Direct ? await log.OpenDirectAsync(owner, new UserRef(friend, friend)) : await log.CreateAsync(RoomKind.Public, $"room-{i}", "", owner);
        }
        for (var i = rooms.Length; i < senders.Length; i++)
            await log.AddMemberAsync(rooms[run.RoomOf(i, 0)], senders[i], senders[i]);
        return new BareLog(log, run, rooms, senders);
    }

    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public async Task SendAsync(int sender, int call, CancellationToken cancellation)
    {
        var drafts = new Draft[_run.PerCall];
        for (var i = 0; i < drafts.Length; i++)
            drafts[i] = new Draft(EventTypes.Message, Load.NewClientId(), Load.Body);
        var results = await _log.AppendAsync(_rooms[_run.RoomOf(sender, call)], _senders[sender], drafts);
        if (results.Any(r => r.Event is null || r.Repeated))
            throw new InvalidOperationException("a message was not stored");
    }

    public Task<Commits> CommitsAsync() => Task.FromResult(new Commits(_log.Counts.Transactions, _log.Counts.Writes));

    public ValueTask DisposeAsync()
    {
        _log.Dispose();
        return ValueTask.CompletedTask;
    }
}
