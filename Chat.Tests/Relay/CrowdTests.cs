using System.Diagnostics;
using Chat.Contracts;
using Chat.Tests.Support;
using static Chat.Tests.Relay.RelayRig;

namespace Chat.Tests.Relay;

/// <summary>Somebody's coming and going is cheap for a room full of others.</summary>
public sealed class CrowdTests
{
    private const int Sessions = 200, Joins = 20;

    [Fact]
    public async Task Who_joins_a_full_room_does_not_make_everybody_read_it()
    {
        await using var rig = await RelayRig.StartAsync();
        var room = await rig.RoomAsync(Bob);
        var crowd = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => rig.ConnectAsync(Bob)));
        var before = rig.CatalogTries;

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Joins; i++)
        {
            var guest = new UserRef($"guest{i}", $"Guest{i}");
            await rig.Log.AddMemberAsync(room, guest, guest);
        }
        foreach (var (transport, _) in crowd)
            await transport.ReceivesAsync(room, Enumerable.Range(3, Joins).Select(n => (long)n));

        Output.Write($"{Joins} joins before {Sessions} sessions: {clock.ElapsedMilliseconds} ms, {rig.CatalogTries - before} reads of the catalog");
        Assert.Equal(before, rig.CatalogTries);
    }
}
