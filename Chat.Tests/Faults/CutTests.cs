using System.Collections.Immutable;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Faults;

/// <summary>A network that cuts connections in the middle of what they carry.</summary>
[TimeLimit(240)]
public sealed class CutTests : NetworkTests
{
    private static readonly int s_cuts = LongForm.Of(60, instead: 200);
    private static readonly int s_backlog = LongForm.Of(60, instead: 200);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public async Task Who_is_far_behind_gets_on_although_no_connection_lasts_for_more_than_a_few_kilobytes(
        TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        var (joan, room) = await Backlog.WriteAsync(Server.Uri, s_backlog, ct);
        await using var proxy = new FaultProxy(Server.Uri, Seed.Choose());
        // The headers of the first polls are 5 KB by themselves.
        var cutAfter = transport switch
        {
            TransportKind.WebSockets => 4_500,
            TransportKind.ServerSentEvents => 6_000,
            _ => 10_000,
        };
        proxy.Do(random => new CutAfterBytes(random, cutAfter, cutAfter + 1_000));

        await using var reader = new ChatConnection(joan.Options(transport, proxy.Uri) with
        {
            Cursors = ImmutableDictionary<string, long>.Empty.Add(room.Id, 1),
        });
        _ = reader.StartAsync(ct);
        var reading = reader.Events(ct).Where(e => e.Type == EventTypes.Message).Take(s_backlog).Select(e => e.Seq)
            .ToListAsync(ct).AsTask();
        await Eventually.TrueAsync(() => reading.IsCompleted, TimeSpan.FromSeconds(60),
            () => $"all of it arrives (it has come to number {reader.Cursors[room.Id]}, {proxy.Counts.Cuts} cuts)", ct);

        Output.Write($"{proxy.Counts.Cuts} cuts");
        Assert.Equal(Enumerable.Range(2, s_backlog).Select(n => (long)n), await reading);
    }

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public Task Cut_at_random_bytes_again_and_again_a_client_loses_nothing(TransportKind transport) =>
        RunAsync(transport, random => new CutAfterBytes(random, 500, 12_000),
            proxy => proxy.Counts.CutsInTraffic >= s_cuts);
}
