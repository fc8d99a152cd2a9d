using System.Collections.Concurrent;
using Chat.Client;

namespace Chat.Bench.Load;

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
