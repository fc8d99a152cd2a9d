using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Bench.Processes;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Bench.Archive;

/// <summary>A server with one room of so many events, and a member who reads them.</summary>
internal sealed class Library : IAsyncDisposable
{
    private const int Writers = 64;

    private readonly NodeProcess _node;
    private readonly HttpClient _http;
    private Room? _room;

    private Library(string folder, int events)
    {
        (Folder, Events) = (folder, events);
        _node = new NodeProcess(folder, new Dictionary<string, string>(NodeProcess.WithoutLimits) { ["ConnectionStrings:Chat"] = Database });
        _http = new HttpClient { BaseAddress = _node.Uri };
    }

    public int Events { get; }

    /// <summary>What its process has used in this life.</summary>
    public TimeSpan ProcessorTime => _node.ProcessorTime;

    private string Folder { get; }

    private string Database => $"Data Source={Path.Combine(Folder, "chat.db")}";

    /// <summary>Makes it, through the server what the server makes and the rest straight through the log; it does not run afterwards.</summary>
    public static async Task<Library> MakeAsync(string folder, int events, CancellationToken ct)
    {
        var library = new Library(Directory.CreateDirectory(folder).FullName, events);
        try
        {
            await library._node.StartAsync(ct);
            using var account = await Account.SignUpAsync(library._node.Uri, ct);
            library._room = await account.CreateRoomAsync("archive", RoomKind.Public, ct);
            library._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await account.Options().AccessToken!(ct));
            await library.StopAsync(ct);
            await library.FillAsync(new UserRef(account.User.Id, account.User.Name));
            return library;
        }
        catch
        {
            await library.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, and says how long it took until it could store and relay.</summary>
    public async Task<TimeSpan> StartAsync(CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        await _node.StartAsync(ct);
        return Stopwatch.GetElapsedTime(start);
    }

    public Task StopAsync(CancellationToken ct) => _node.TerminateAsync(ct);

    /// <summary>Reads the page before a number, as it is when somebody scrolls back.</summary>
    public async Task ReadAsync(long before, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new Uri($"/api/rooms/{_room!.Id}/events?before={before}&limit=50", UriKind.Relative), ct);
        answer.EnsureSuccessStatusCode();
        var page = (await answer.Content.ReadFromJsonAsync<EventPage>(ChatJson.Options, ct))!;
        if (page.Events.Count != 50 || page.Events[^1].Seq != before - 1)
            throw new InvalidOperationException($"the page before {before} has {page.Events.Count} events");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    private async Task FillAsync(UserRef who)
    {
        await new SqliteDatabase(Database).PrepareAsync();
        using (var log = new SqliteRoomLog(Database, TimeProvider.System, NullLogger<SqliteRoomLog>.Instance))
        {
            var left = Events - _room!.Head;
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
            {
                while (Interlocked.Add(ref left, -Limits.BatchMessages) is var after && after > -Limits.BatchMessages)
                {
                    var drafts = new Draft[Math.Min(Limits.BatchMessages, after + Limits.BatchMessages)];
                    for (var i = 0; i < drafts.Length; i++)
                        drafts[i] = new Draft(EventTypes.Message, Log.Load.NewClientId(), Log.Load.Body);
                    var results = await log.AppendAsync(_room.Id, who, drafts);
                    if (results.Any(r => r.Event is null))
                        throw new InvalidOperationException("an event was not stored");
                }
            })));
        }
        SqliteConnection.ClearAllPools();
    }
}
