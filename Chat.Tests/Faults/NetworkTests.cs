using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;
using Chat.Tests.Support.Proxy;

namespace Chat.Tests.Faults;

/// <summary>A network that cuts, stalls and swallows, while everybody writes. People on a sound network are there too.</summary>
[Collection(FaultTests.Name)]
[TimeLimit(180)]
public sealed class NetworkTests : IAsyncDisposable
{
    private const int Cuts = 200;
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(40);

    private readonly ChatServer _server = new();

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Cut_at_random_bytes_hundreds_of_times_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, random => new CutAfterBytes(random, 500, 12_000), proxy => proxy.Counts.CutsInTraffic >= Cuts);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Stalled_at_random_bytes_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, random => new Stall(random, 20_000, TimeSpan.FromSeconds(3)), proxy => proxy.Counts.Connections >= 40);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Swallowed_from_a_random_byte_on_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, Swallowing, proxy => proxy.Counts.Connections >= 40 && proxy.Counts.LostBytes > 0);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Throttled_and_delayed_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, _ => new Both(new Throttle(8_000), new Delay(TimeSpan.FromMilliseconds(30))), proxy => proxy.Counts.Connections >= 2);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Some connections lose one direction, some the other, some both.</summary>
    private static Swallow Swallowing(Random random) =>
        new(random, random.Next(3) switch { 0 => Direction.Up, 1 => Direction.Down, _ => null }, afterAtMost: 30_000);

    private async Task RunAsync(TransportKind transport, Func<Random, Fault> fault, Func<FaultProxy, bool> enough)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Seed.Choose();
        await using var proxy = new FaultProxy(_server.Uri, seed);
        await using var conversation = await Conversation.BeginAsync(_server.Uri, ct);
        await conversation.AddAsync("J, badly connected", transport, ct, proxy.Uri, Impatient);
        await conversation.AddAsync("D, badly connected", transport, ct, proxy.Uri, Impatient);
        await conversation.AddAsync("observer, well connected", TransportKind.WebSockets, ct);
        await conversation.StartAsync(ct);

        // The first connections were made in peace; from here on, nothing is.
        proxy.Do(fault);
        proxy.CutAll();
        await using var load = new Load(conversation, seed, ct, window: 2);
        await load.ProgressAsync(each: 20, TimeSpan.FromSeconds(90));
        await Eventually.TrueAsync(() => enough(proxy), TimeSpan.FromSeconds(90), ct, "the proxy has done enough harm");
        proxy.Pass();
        proxy.CutAll();
        await load.StopAsync(Recovery);

        Output.Write($"{proxy.Counts.Connections} connections, {proxy.Counts.Cuts} cuts, {proxy.Counts.CutsInTraffic} in traffic, {proxy.Counts.LostBytes} bytes lost");
        Outages.Report(conversation);
        await conversation.VerifyAsync(Recovery, ct);
    }

    /// <summary>Times short enough to meet many faults in a short test; the server pings every 5 s.</summary>
    private static ChatOptions Impatient(ChatOptions options) => options with
    {
        StartTimeout = TimeSpan.FromSeconds(2),
        CallTimeout = TimeSpan.FromSeconds(2),
        ServerTimeout = TimeSpan.FromSeconds(7),
    };
}
