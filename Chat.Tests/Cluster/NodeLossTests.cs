using System.Net;
using Chat.Contracts;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Cluster;

/// <summary>A node freezes, dies or stops. One is in the test's process, the other is a process of its own.</summary>
[TimeLimit(180)]
public sealed class NodeLossTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly HttpTransportType[] Transports = [HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling];
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private readonly HubRequests _requests = new();
    private Nodes _here = null!;
    private ServerProcess _there = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ChatServer Here => _here[0];

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.NewDatabaseAsync(Ct);
        _here = new Nodes(database);
        _here.Add(services: services => services.AddSingleton<IStartupFilter>(_requests));
        _there = await ServerProcess.RunAsync(Ct, Nodes.Settings(database));
    }

    public async ValueTask DisposeAsync()
    {
        await _there.DisposeAsync();
        await _here.DisposeAsync();
    }

    [Fact]
    public async Task Requests_for_a_frozen_node_end_when_it_is_given_up_and_those_for_a_dead_one_at_once()
    {
        var (ann, there) = (await Person.SignUpAsync(Here.Uri, Ct), await ThereAsync());
        var clients = await Task.WhenAll(Transports.Select(t => PlainClient.ConnectAsync(ann, t, node: there)));
        var closed = clients.Select(c => ClosedAsync(c)).ToList();

        _there.Freeze();
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(Here.Uri, $"?node={there}&id=x").WaitAsync(Patience, Ct));
        await Task.WhenAll(closed).WaitAsync(Patience, Ct);
        Assert.Equal(Nodes.Id(Here), await NegotiatedAsync(Here.Uri, there));

        _there.Thaw();
        Assert.Equal(there, await ThereAsync());

        await _there.KillAsync();
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(Here.Uri, $"?node={there}&id=x"));
        Assert.Equal(Nodes.Id(Here), await NegotiatedAsync(Here.Uri, there));
        await Eventually.TrueAsync(() => !Nodes.Registry(Here).Others.Any(), Patience, Ct, "the dead node is off the list");
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_stops_says_so_and_lets_go_of_what_it_holds_and_of_what_it_passes_on()
    {
        var (ann, there) = (await Person.SignUpAsync(Here.Uri, Ct), await ThereAsync());
        var held = await Task.WhenAll(Transports.Select(t => PlainClient.ConnectAsync(ann, t, node: there)));
        var passedOn = await Task.WhenAll(
            Transports.Select(t => PlainClient.ConnectAsync(ann with { Server = _there.Uri }, t, node: Nodes.Id(Here))));
        var closed = held.Concat(passedOn.Take(2)).Select(ClosedAsync).ToList(); // a poll ends without the client noticing
        var poll = await PollAsync(ann);

        var gone = new TaskCompletionSource();
        Nodes.Registry(Here).Disappeared += _ => gone.TrySetResult();
        var ended = _there.TerminateAsync(Ct);

        await gone.Task.WaitAsync(Patience, Ct);
        using (var answer = await poll.Answer.WaitAsync(Patience, Ct))
            Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct)));
        using var alive = new HttpRequestMessage(HttpMethod.Delete, new Uri(Here.Uri, poll.Path));
        alive.Headers.Authorization = new("Bearer", ann.Token);
        using var end = await Http.SendAsync(alive, Ct);
        Assert.Equal(HttpStatusCode.Accepted, end.StatusCode); // the connection whose poll was let go is still there
        Assert.Equal(0, await ended.WaitAsync(Patience, Ct));
        await Task.WhenAll(closed).WaitAsync(Patience, Ct);
        foreach (var client in held.Concat(passedOn))
            await client.DisposeAsync();
    }

    /// <summary>The other node's id, once it is known here.</summary>
    private async Task<string> ThereAsync()
    {
        await Eventually.TrueAsync(() => Nodes.Registry(Here).Others.Any(), Patience, Ct, "the other node is there");
        return Nodes.Registry(Here).Others.Single().Id;
    }

    /// <summary>A poll that waits, for a connection of this node's, by way of the other.</summary>
    private async Task<(Task<HttpResponseMessage> Answer, string Path)> PollAsync(Person person)
    {
        using var api = new Api(Here.Uri, person);
        var token = (await api.PostAsync($"/hubs/chat/negotiate?negotiateVersion=1&node={Nodes.Id(Here)}", null)).Json.GetProperty("connectionToken").GetString();
        var path = $"/hubs/chat?node={Nodes.Id(Here)}&id={token}";
        // The first poll is answered at once; the next one waits, without a ping as long as nobody has shaken hands.
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(path)).Status);
        var poll = new HttpRequestMessage(HttpMethod.Get, new Uri(_there.Uri, path));
        poll.Headers.Authorization = new("Bearer", person.Token);
        var answer = Http.SendAsync(poll, Ct);
        await Eventually.TrueAsync(() => _requests.Begun.Count(q => q.Contains(token!, StringComparison.Ordinal)) == 2, Patience, Ct, "the poll is here");
        return (answer, path);
    }

    private static async Task<HttpStatusCode> GetAsync(Uri server, string query)
    {
        using var answer = await Http.GetAsync(new Uri(server, $"{Wire.HubPath}{query}"), Ct);
        return answer.StatusCode;
    }

    private static Task<string> NegotiatedAsync(Uri server, string node) =>
        Nodes.NegotiatedAsync(server, Ct, $"&node={node}");

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
