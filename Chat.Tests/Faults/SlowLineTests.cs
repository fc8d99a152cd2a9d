using System.Collections.Immutable;
using Chat.Client;
using Chat.Contracts;
using Chat.Tests.Support;

namespace Chat.Tests.Faults;

/// <summary>A line that carries a few kilobytes a second, and a client that takes silence for death sooner than all of it could arrive.</summary>
[TimeLimit(90)]
public sealed class SlowLineTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly int s_backlog = LongForm.Of(200, instead: 300);

    [Theory]
    [MemberData(nameof(FaultTests.Transports), MemberType = typeof(FaultTests))]
    public async Task A_long_backlog_arrives_over_a_slow_line(TransportKind transport)
    {
        var ct = TestContext.Current.CancellationToken;
        var (joan, room) = await Backlog.WriteAsync(server.Uri, s_backlog, ct);
        await using var proxy = new FaultProxy(server.Uri);
        proxy.Do(_ => new Throttle(8_000));

        await using var reader = new ChatConnection(joan.Options(transport, proxy.Uri) with
        {
            Cursors = ImmutableDictionary<string, long>.Empty.Add(room.Id, 1),
            ServerTimeout = TimeSpan.FromSeconds(6),
        });
        await reader.StartAsync(ct);
        var seen = await reader.Events(ct).Where(e => e.Type == EventTypes.Message).Take(s_backlog).Select(e => e.Seq)
            .ToListAsync(ct);

        Assert.Equal(Enumerable.Range(2, s_backlog).Select(n => (long)n), seen);
    }
}
