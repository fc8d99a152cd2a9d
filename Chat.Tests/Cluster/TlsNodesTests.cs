using System.Net;
using System.Net.WebSockets;
using System.Text;
using Chat.Client;
using Chat.Contracts;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Cluster;

/// <summary>Nodes with certificates of their own making, which no system trusts: they know each other by the registry.</summary>
public sealed class TlsNodesTests(SharedPostgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_WebSocket_in_HTTP_2_reaches_the_node_that_it_names_over_https()
    {
        using var folder = new TemporaryFolder();
        await using var nodes = new Nodes(await postgres.NewDatabaseAsync(Ct));
        for (var i = 0; i < 2; i++)
            nodes.Add(new() { ["urls"] = "https://127.0.0.1:0", ["Chat:Tls:Enabled"] = "true", ["Chat:Tls:Folder"] = folder.File($"tls{i}") });
        await nodes.KnowEachOtherAsync(Ct);
        var (here, there) = (nodes[0], nodes[1]);
        var trust = new CertificateTrust { Pin = here.Services.GetRequiredService<ServerCertificate>().Current.Pin };
        using var accounts = new AccountClient(here.Uri, trust: trust);
        var token = (await accounts.GuestAsync("ann", Ct)).AccessToken;
        using var invoker = new HttpMessageInvoker(trust.NewHandler(here.Uri));
        using var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };

        // Without a negotiation the node that it names is the only one that takes it.
        await socket.ConnectAsync(new Uri($"wss://{here.Uri.Authority}{Wire.HubPath}?node={Nodes.Id(there)}&access_token={token}"), invoker, Ct);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"protocol":"json","version":1}""" + '\u001e'), WebSocketMessageType.Text, true, Ct);
        var answer = new byte[100];
        var read = await socket.ReceiveAsync(answer, Ct);

        Assert.Equal("{}\u001e", Encoding.UTF8.GetString(answer, 0, read.Count));
    }

    [Fact]
    public void A_node_with_TLS_is_not_said_to_be_reached_without()
    {
        var builder = WebApplication.CreateBuilder(["--Chat:Tls:Enabled=true", "--Chat:Node:Url=http://10.0.0.3:8080"]);
        builder.Configuration.AddInMemoryCollection(Nodes.Settings("Host=127.0.0.1;Database=chat;Username=chat")!);

        var refusal = Assert.Throws<StartException>(builder.AddCluster);

        Assert.Contains("Chat:Node:Url must begin with https", refusal.Message, StringComparison.Ordinal);
    }
}
