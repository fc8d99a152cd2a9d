using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Tests.Hosting;

/// <summary>SIGTERM: commits are finished, clients are closed, and the process is gone within ten seconds.</summary>
public sealed class ShutdownTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [TimeLimit(120)]
    public async Task Terminated_under_load_it_ends_in_time_and_what_it_acked_is_there_once()
    {
        await using var server = await ServerProcess.RunAsync(Ct);
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        HttpTransportType[] transports = [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];
        var clients = new List<PlainClient>();
        foreach (var transport in transports.Concat(transports))
        {
            var client = await PlainClient.ConnectAsync(ann, transport);
            await client.SyncAsync((room.Id, 0));
            clients.Add(client);
        }
        var closed = clients.Select(ClosedAsync).ToList();
        var acked = new ConcurrentDictionary<string, long>();
        var load = clients.Select((c, i) => Task.Run(() => SendUntilGoneAsync(c, $"c{i}"))).ToList();
        await Eventually.TrueAsync(() => acked.Count > 200, TimeSpan.FromSeconds(30), Ct);

        var clock = Stopwatch.StartNew();
        var code = await server.TerminateAsync(Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Output.Write($"ended after {clock.ElapsedMilliseconds} ms, {acked.Count} acked");
        Assert.Equal(0, code);
        await Task.WhenAll(load).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        await Task.WhenAll(closed).WaitAsync(TimeSpan.FromSeconds(40), Ct);
        await server.StartAsync(Ct);
        var log = await ann.ReadLogAsync(room.Id, Ct);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(n => (long)n), log.Select(e => e.Seq));
        var stored = log.Where(e => e.ClientId is not null).ToDictionary(e => e.ClientId!, e => e.Seq);
        Assert.All(acked, a => Assert.Equal(a.Value, stored[a.Key]));
        foreach (var client in clients)
            await client.DisposeAsync();

        async Task SendUntilGoneAsync(PlainClient client, string name)
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    foreach (var result in await client.SendAsync(room.Id, new NewMessage($"{name}-{i}-a", "x"), new NewMessage($"{name}-{i}-b", "y")))
                        acked[result.ClientId!] = result.Seq!.Value;
                }
                catch (Exception e) when (e is HubException or InvalidOperationException or OperationCanceledException or HttpRequestException or IOException
                    or System.Net.WebSockets.WebSocketException)
                {
                    return; // it is gone, or refuses because it is going
                }
            }
        }
    }

    private static Task ClosedAsync(PlainClient client)
    {
        var closed = new TaskCompletionSource();
        client.Hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        return closed.Task;
    }
}
