using Chat.Client;
using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>The server dies as by kill -9, at any moment.</summary>
[Collection(BusyTests.Name)]
public sealed class KillTests
{
    private static readonly int s_kills = LongForm.Of(6, instead: 50);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    [Fact]
    [TimeLimit(600)]
    public async Task Killed_again_and_again_under_load_the_server_loses_repeats_and_reorders_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Seed.Choose();
        var random = new Random(seed);
        await using var server = await ServerProcess.RunAsync(ct);
        await using var conversation = await Conversation.BeginAsync(server.Uri, ct);
        foreach (var transport in Enum.GetValues<TransportKind>())
        {
            await conversation.AddAsync($"{transport}-1", transport, ct);
            await conversation.AddAsync($"{transport}-2", transport, ct);
        }
        await conversation.StartAsync(ct);

        await using var load = new Load(conversation, seed, ct, rest: Load.Rest);
        for (var kill = 0; kill < s_kills; kill++)
        {
            await load.ProgressAsync(each: 1, Recovery);
            // The moment of the kill is the fault itself: somewhere in the middle of the work.
            await Task.Delay(random.Next(200), ct);
            await Eventually.TrueAsync(() => load.Unanswered > 0, Recovery, ct, "messages are in flight");
            await server.KillAsync();
            await server.StartAsync(ct);
        }
        await load.StopAsync(Recovery);

        Outages.Report(conversation);
        await conversation.VerifyAsync(Recovery, ct);
    }
}
