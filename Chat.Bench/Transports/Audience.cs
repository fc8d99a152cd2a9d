using System.Collections.Concurrent;
using System.Text.Json;
using Chat.Bench.History;
using Chat.Bench.Proxy;

namespace Chat.Bench.Transports;

/// <summary>Some clients of one technique in one room, behind a proxy that counts.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private readonly FaultProxy _proxy;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients = [];
    private readonly ConcurrentQueue<(string ClientId, long At)> _heard = new();

    private Audience(Technique technique, Uri server)
    {
        Technique = technique;
        _proxy = new FaultProxy(server);
        _proxy.Do(_ => new Counting(Traffic));
    }

    public Technique Technique { get; }

    public Traffic Traffic { get; } = new();

    /// <summary>What its clients have heard: which message, and when, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public IReadOnlyCollection<(string ClientId, long At)> Heard => _heard;

    /// <summary>Lets so many clients come; completes when all are connected.</summary>
    public static async Task<Audience> GatherAsync(Technique technique, Uri server, Person person, string room, long after, int clients, CancellationToken ct)
    {
        var audience = new Audience(technique, server);
        var ready = new List<Task>();
        for (var i = 0; i < clients; i++)
        {
            var connected = new TaskCompletionSource();
            var target = new Target(person with { Server = audience._proxy.Uri }, room, after, () => connected.TrySetResult(), audience.Note);
            var client = Task.Run(() => technique.FollowAsync(target, audience._stop.Token), CancellationToken.None);
            audience._clients.Add(client);
            ready.Add(Task.WhenAny(connected.Task, client).Unwrap());
        }
        await Task.WhenAll(ready).WaitAsync(TimeSpan.FromMinutes(2), ct);
        return audience;
    }

    /// <summary>Throws what a client has failed with.</summary>
    public void Check()
    {
        foreach (var client in _clients.Where(c => c.IsFaulted))
            throw new InvalidOperationException($"A client of {Technique.Name} failed.", client.Exception);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _proxy.DisposeAsync();
        _stop.Dispose();
    }

    private void Note(ReadOnlyMemory<byte> e)
    {
        var at = System.Diagnostics.Stopwatch.GetTimestamp();
        using var json = JsonDocument.Parse(e);
        if (json.RootElement.TryGetProperty("clientId", out var id))
            _heard.Enqueue((id.GetString()!, at));
    }
}
