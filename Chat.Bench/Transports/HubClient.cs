using System.Text.Json;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Bench.Transports;

/// <summary>SignalR's own client, over one of its transports.</summary>
internal static class HubClient
{
    public static async Task FollowAsync(Target target, HttpTransportType transport, CancellationToken ct)
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(target.Person.Server, Wire.HubPath), transport, http => http.AccessTokenProvider = () => Task.FromResult<string?>(target.Person.Token))
            .AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions))
            .Build();
        hub.On<JsonElement>(nameof(IChatClient.Event), e => target.Heard(JsonSerializer.SerializeToUtf8Bytes(e)));
        await hub.StartAsync(ct);
        await hub.InvokeAsync("Sync", new SyncRequest(new Dictionary<string, long> { [target.Room] = target.After }), ct);
        target.Ready();
        await Task.Delay(Timeout.Infinite, ct);
    }
}
