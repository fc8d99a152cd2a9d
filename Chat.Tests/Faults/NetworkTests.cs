using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>Two people on a bad network write while it does its harm; a third, on a sound one, listens. What harm, the tests say that inherit this.</summary>
public abstract class NetworkTests : IAsyncDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(40);

    private protected ChatServer Server { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Talks through the harm until there was enough of it, then lets everything pass, and asks for the verdict.</summary>
    private protected async Task RunAsync(TransportKind transport, Func<Random, Fault> fault, Func<FaultProxy, bool> enough)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Seed.Choose();
        await using var proxy = new FaultProxy(Server.Uri, seed);
        await using var conversation = await Conversation.BeginAsync(Server.Uri, ct);
        await conversation.AddAsync("J, badly connected", transport, ct, proxy.Uri, Impatient);
        await conversation.AddAsync("D, badly connected", transport, ct, proxy.Uri, Impatient);
        await conversation.AddAsync("observer, well connected", TransportKind.WebSockets, ct);
        await conversation.StartAsync(ct);

        // The first connections were made in peace; from here on, nothing is.
        proxy.Do(fault);
        proxy.CutAll();
        // Who is well connected only listens: it could write more than the others ever catch up with.
        await using var load = new Load(conversation, seed, ct, window: 2, conversation.Clients.Take(2));
        await load.ProgressAsync(each: 5, TimeSpan.FromSeconds(120));
        await Eventually.TrueAsync(() => enough(proxy), TimeSpan.FromSeconds(90),
            () => $"the proxy has done enough harm: {Report(proxy)}", ct);
        proxy.Pass();
        proxy.CutAll();
        await load.StopAsync(Recovery);

        Output.Write(Report(proxy));
        Outages.Report(conversation);
        await conversation.VerifyAsync(Recovery, ct);
    }

    private static string Report(FaultProxy proxy) =>
        $"{proxy.Counts.Connections} connections, {proxy.Counts.Cuts} cuts, {proxy.Counts.CutsInTraffic} in traffic, {proxy.Counts.LostBytes} bytes lost";

    /// <summary>Times short enough to meet many faults in a short test; the server pings every 5 s.</summary>
    private static ChatOptions Impatient(ChatOptions options) => options with
    {
        StartTimeout = TimeSpan.FromSeconds(2),
        CallTimeout = TimeSpan.FromSeconds(2),
        ServerTimeout = TimeSpan.FromSeconds(7),
    };
}
