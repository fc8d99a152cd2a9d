using System.Net;
using System.Net.Sockets;
using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Server.Lab;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Cluster;

/// <summary>What becomes of a request that names a node, whoever sends it.</summary>
public sealed class ForwardingTests(ForwardingTests.Fixture fixture) : IClassFixture<ForwardingTests.Fixture>
{
    private const string Negotiate = "/hubs/chat/negotiate?negotiateVersion=1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ChatServer Here => fixture.Here;

    private ChatServer There => fixture.There;

    [Fact]
    public async Task A_negotiation_is_sent_on_to_the_address_that_the_client_came_by_and_keeps_its_query_and_its_token()
    {
        var answer = await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&theme=dark", ("Host", "chat.example:8080"),
            ("X-Forwarded-Proto", "http"), ("Authorization", "Bearer abc"));

        Assert.Equal($"http://chat.example:8080/hubs/chat?theme=dark&node={Nodes.Id(Here)}", answer.Json.GetProperty("url").GetString());
        Assert.False(answer.Json.TryGetProperty("accessToken", out _));
    }

    [Theory]
    [InlineData("X-Forwarded-Proto", "https", "https")]
    [InlineData("Origin", "https://chat.example", "https")]
    [InlineData("X-Forwarded-Proto", "http", "http")]
    [InlineData("Origin", "http://chat.example", "http")]
    public async Task Where_a_proxy_ends_https_the_client_is_sent_on_over_https(string header, string value, string scheme)
    {
        var answer = await SendAsync(HttpMethod.Post, Here, Negotiate, ("Host", "chat.example"), (header, value));

        Assert.StartsWith($"{scheme}://chat.example/", answer.Json.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_says_how_the_client_came_it_is_sent_nowhere_and_its_token_names_the_node()
    {
        var ann = await Person.SignUpAsync(Here.Uri, Ct);
        (string, string)[] asked = [("Host", "chat.example"), ("Authorization", $"Bearer {ann.Token}")];
        // A program says no origin, and a page says that of its own server. Here a proxy has changed the latter.
        (string, string)[][] clients = [asked, [.. asked, ("Origin", "https://elsewhere.example")]];
        foreach (var (version, client) in clients.SelectMany(client => ((int[])[0, 1]).Select(v => (v, client))))
        {
            var answer = await SendAsync(
                HttpMethod.Post, Here, $"/hubs/chat/negotiate?negotiateVersion={version}", client);

            Assert.False(answer.Json.TryGetProperty("url", out _));
            var token = answer.Json.GetProperty(version == 0 ? "connectionId" : "connectionToken").GetString()!;
            Assert.StartsWith($"{Nodes.Id(Here)}~", token, StringComparison.Ordinal);
            using var http = ann.Http();
            foreach (var node in (ChatServer[])[There, Here])
            {
                using var known = await http.DeleteAsync(new Uri(node.Uri, $"/hubs/chat?id={token}"), Ct);
                Assert.NotEqual(HttpStatusCode.NotFound, known.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_token_that_names_a_node_which_is_not_there_is_not_found()
    {
        var ann = await Person.SignUpAsync(Here.Uri, Ct);

        var poll = await SendAsync(HttpMethod.Get, Here, "/hubs/chat?id=abcdefghijklmnop~x",
            ("Authorization", $"Bearer {ann.Token}"));

        poll.Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
    }

    [Fact]
    public async Task A_negotiation_for_another_node_is_answered_by_it()
    {
        var ann = await Person.SignUpAsync(Here.Uri, Ct);

        var answer = await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node={Nodes.Id(There)}", ("Authorization", $"Bearer {ann.Token}"));

        var token = answer.Json.GetProperty("connectionToken").GetString();
        using var http = ann.Http();
        using var there = await http.DeleteAsync(new Uri(There.Uri, $"/hubs/chat?node={Nodes.Id(There)}&id={token}"), Ct);
        Assert.NotEqual(HttpStatusCode.NotFound, there.StatusCode); // so the connection is known there
    }

    [Fact]
    public async Task What_a_lab_sees_is_gathered_from_all_nodes_and_a_request_that_was_passed_on_counts_once()
    {
        const string Lab = "lab-on-two-nodes";
        var ann = await Person.SignUpAsync(Here.Uri, Ct);
        using Api here = new(Here.Uri, ann);
        using var http = ann.Http();
        using var rooms = await http.GetAsync(new Uri(There.Uri, $"/api/rooms/public?lab={Lab}"), Ct);
        await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&lab={Lab}&node={Nodes.Id(There)}", ("Authorization", $"Bearer {ann.Token}"));

        var tap = (await here.GetAsync($"/api/lab/taps/{Lab}")).As<LabEndpoints.TapAnswer>();

        Assert.Equal(0, tap.Missing);
        Assert.Equal([(Nodes.Id(Here), 1), (Nodes.Id(There), 1)], tap.Parts.Select(part => (part.Node, part.Requests)));
    }

    [Fact]
    public async Task A_request_for_a_node_that_is_not_registered_is_answered_at_once()
    {
        var negotiation = await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node=abcdefghijklmnop",
            ("X-Forwarded-Proto", "http"));
        var poll = await SendAsync(HttpMethod.Get, Here, "/hubs/chat?node=abcdefghijklmnop&id=x");
        var nonsense = await SendAsync(HttpMethod.Post, Here, "/hubs/chat?node=http://127.0.0.1:1/&id=x");

        Assert.EndsWith($"node={Nodes.Id(Here)}", negotiation.Json.GetProperty("url").GetString(), StringComparison.Ordinal);
        poll.Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        nonsense.Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
    }

    [Fact]
    public async Task The_other_node_sees_the_client_as_it_came()
    {
        fixture.Seen = null;

        // The whole of 127/8 is this machine: an address that is not the other node's own.
        await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node={Nodes.Id(There)}", IPAddress.Parse("127.0.0.9"), ("Host", "chat.example:8080"), ("X-Custom", "kept"));

        Assert.Equal(("127.0.0.9", "http", "chat.example:8080", "kept"), fixture.Seen);
    }

    [Fact]
    public async Task A_pass_that_no_node_has_sealed_counts_for_nothing()
    {
        fixture.Seen = null;

        await SendAsync(HttpMethod.Post, There, $"{Negotiate}&node={Nodes.Id(There)}", (NodePasses.Header, $"{Nodes.Id(There)} https 10.1.2.3"));
        Assert.Equal(("127.0.0.1", "http", There.Uri.Authority, ""), fixture.Seen);

        // Neither is it passed on in the place of a real one.
        await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node={Nodes.Id(There)}", (NodePasses.Header, "forged"));
        Assert.Equal(("127.0.0.1", "http", Here.Uri.Authority, ""), fixture.Seen);
    }

    [Fact]
    public async Task What_one_node_has_passed_on_another_does_not_pass_on_again()
    {
        fixture.Seen = null;
        var pass = Here.Services.GetRequiredService<NodePasses>().Write(new Node("abcdefghijklmnop", ""), new DefaultHttpContext());

        var poll = await SendAsync(HttpMethod.Get, Here, $"/hubs/chat?node={Nodes.Id(There)}&id=x", (NodePasses.Header, pass));
        var negotiation = await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node={Nodes.Id(There)}", (NodePasses.Header, pass));

        poll.Refuses(HttpStatusCode.NotFound, ErrorCodes.NotFound);
        Assert.EndsWith($"node={Nodes.Id(Here)}", negotiation.Json.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Null(fixture.Seen);
    }

    [Fact]
    public async Task Tokens_in_the_query_get_into_no_log()
    {
        var ann = await Person.SignUpAsync(Here.Uri, Ct);

        await SendAsync(HttpMethod.Post, Here, $"{Negotiate}&node={Nodes.Id(There)}&access_token={ann.Token}");
        await SendAsync(HttpMethod.Get, Here, $"/hubs/chat?node={Nodes.Id(There)}&id=x&access_token={ann.Token}");

        Assert.DoesNotContain(Here.Log.Lines.Concat(There.Log.Lines), line => line.ToString().Contains(ann.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_skips_the_negotiation_lives_where_it_arrives()
    {
        var ann = await Person.SignUpAsync(Here.Uri, Ct);
        await using var client = await PlainClient.ConnectAsync(ann, skipNegotiation: true);

        Assert.Equal(ann.User.Id, (await client.SyncAsync()).User.Id);
    }

    private static Task<Answer> SendAsync(HttpMethod method, ChatServer server, string path, params (string Name, string Value)[] headers) =>
        SendAsync(method, server, path, IPAddress.Loopback, headers);

    private static async Task<Answer> SendAsync(HttpMethod method, ChatServer server, string path, IPAddress from, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(IPAddress.Loopback, server.Uri.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(method, new Uri(server.Uri, path));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request, Ct);
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Content.Headers.ContentType?.MediaType, null, null);
    }

    /// <summary>Two nodes; the second notes what comes to its hub.</summary>
    public sealed class Fixture(SharedPostgres postgres) : IAsyncLifetime
    {
        private readonly HubRequests _requests = new();
        private Nodes _nodes = null!;

        /// <summary>The client's address, scheme, host and a header of the last request for the second node's hub, as far as that one knows.</summary>
        public (string Address, string Scheme, string Host, string Header)? Seen
        {
            get => _requests.Last;
            set => _requests.Last = value;
        }

        public ChatServer Here => _nodes[0];

        public ChatServer There => _nodes[1];

        public async ValueTask InitializeAsync()
        {
            _nodes = new Nodes(await postgres.NewDatabaseAsync(Ct));
            _nodes.Add();
            _nodes.Add(services: services => services.AddSingleton<IStartupFilter>(_requests));
            await _nodes.KnowEachOtherAsync(Ct);
        }

        public ValueTask DisposeAsync() => _nodes.DisposeAsync();
    }
}
