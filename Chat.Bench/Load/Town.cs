using System.Collections.Concurrent;
using Chat.Client;

namespace Chat.Bench.Load;

/// <summary>A room that fills up: the first one makes it, the others join.</summary>
internal sealed class Place(string name)
{
    private readonly Lock _gate = new();
    private Task<string>? _made;
    private int _people;

    /// <summary>How many are in it.</summary>
    public int People => Volatile.Read(ref _people);

    /// <summary>Which room it is; known to who has entered.</summary>
    public string RoomId => _made!.Result;

    /// <summary>Makes the account a member.</summary>
    public async Task EnterAsync(Account account, CancellationToken ct)
    {
        var first = false;
        lock (_gate)
        {
            if (_made is null)
                (_made, first) = (MakeAsync(account, ct), true);
        }
        var room = await _made;
        if (!first)
            await account.JoinAsync(room, ct);
        Interlocked.Increment(ref _people);
    }

    private async Task<string> MakeAsync(Account account, CancellationToken ct) => (await account.CreateRoomAsync(name, Contracts.RoomKind.Public, ct)).Id;
}

/// <summary>All people and rooms. Each person is in a room of twenty and in one of two hundred.</summary>
internal sealed class Town(LoadRun run, Func<Measure?> measure) : IAsyncDisposable
{
    private const int Few = 20;
    private const int Many = 200;

    /// <summary>So many come at the same time.</summary>
    private const int AtOnce = 16;

    private readonly ConcurrentDictionary<(int Size, int Number), Place> _places = [];
    private readonly ConcurrentBag<Resident> _residents = [];

    // Of ten people eight have a WebSocket, as it comes, and two what is left behind a strange proxy.
    private static readonly TransportKind?[] s_transports = [null, null, null, null, TransportKind.ServerSentEvents, null, null, null, null, TransportKind.LongPolling];

    /// <summary>How many are here.</summary>
    public int People => _residents.Count;

    /// <summary>Lets people come until there are so many.</summary>
    public Task GrowAsync(int people, CancellationToken ct) => Parallel.ForEachAsync(
        Enumerable.Range(People, people - People), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (number, stop) =>
        {
            var account = await Account.SignUpAsync(run.Server, stop);
            _residents.Add(await Resident.ComeAsync(run, account, s_transports[number % s_transports.Length], PlaceOf(Few, number), PlaceOf(Many, number), measure, stop));
        });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Parallel.ForEachAsync(_residents, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (resident, _) => resident.DisposeAsync());

    private Place PlaceOf(int size, int number) => _places.GetOrAdd((size, number / size), key => new Place($"load, {key.Size} people, {key.Number + 1}"));
}
