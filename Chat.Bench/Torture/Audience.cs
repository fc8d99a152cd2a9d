using System.Diagnostics;
using Chat.Bench.History;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Torture;

/// <summary>People in one room of a healthy cluster, on all transports, who are there to see how long things take.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(50);

    private readonly List<Account> _accounts = [];

    private Audience(Account host, string room) => (Host, Room) = (host, room);

    /// <summary>Who owns the room, and has no client.</summary>
    public Account Host { get; }

    /// <summary>The room.</summary>
    public string Room { get; }

    /// <summary>What happened.</summary>
    public ChatHistory History { get; } = new();

    /// <summary>Those who watch.</summary>
    public List<RecordedClient> Clients { get; } = [];

    /// <summary>Makes the room, and connects somebody to each of these places.</summary>
    public static async Task<Audience> GatherAsync(Uri front, IEnumerable<(Uri Where, TransportKind Transport)> places, CancellationToken ct)
    {
        var host = await Account.SignUpAsync(front, ct);
        var audience = new Audience(host, (await host.CreateRoomAsync("stage", RoomKind.Public, ct)).Id);
        audience._accounts.Add(host);
        foreach (var (where, transport) in places)
        {
            var account = await Account.SignUpAsync(front, ct);
            audience._accounts.Add(account);
            await account.JoinAsync(audience.Room, ct);
            // As any program has it, but for the transport.
            var options = account.Options(transport, where) with { MaxReconnectDelay = new ChatOptions { Server = where, AccessToken = null! }.MaxReconnectDelay };
            audience.Clients.Add(new RecordedClient(audience.History, $"{transport} {audience.Clients.Count + 1}", options));
        }
        await Task.WhenAll(audience.Clients.Select(c => c.StartEverywhereAsync(ct)));
        return audience;
    }

    /// <summary>Everybody writes by turns, some twenty times a second, until told to stop; returns when all is answered.</summary>
    public async Task TalkAsync(CancellationToken stop)
    {
        var sends = new List<Task>();
        using var beat = new PeriodicTimer(s_beat);
        try
        {
            for (var n = 0; await beat.WaitForNextTickAsync(stop); n++)
                sends.Add(Clients[n % Clients.Count].SendAsync(Room, $"beat {n}", CancellationToken.None));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sends).WaitAsync(s_patience, CancellationToken.None);
        }
    }

    /// <summary>The highest number that anybody was told.</summary>
    public long Head => History.Sends.Max(s => s.Seq) ?? 0;

    /// <summary>From when each message was begun until each was shown it, of those begun between two times of the history's clock.</summary>
    public IReadOnlyList<TimeSpan> Delays(long from, long to)
    {
        var begun = History.Sends.Where(s => s.Started >= from && s.Started < to).ToDictionary(s => s.ClientId, s => s.Started);
        return [.. History.AllSeen().Where(o => o.Event.ClientId is { } id && begun.ContainsKey(id)).Select(o => Stopwatch.GetElapsedTime(begun[o.Event.ClientId!], o.At))];
    }

    /// <summary>Completes when all have seen a number.</summary>
    public Task SeeAsync(long seq, CancellationToken ct) => Task.WhenAll(Clients.Select(c => c.SeesAsync(Room, seq, s_patience, ct)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Clients.Select(c => c.DisposeAsync().AsTask()));
        _accounts.ForEach(a => a.Dispose());
    }
}
