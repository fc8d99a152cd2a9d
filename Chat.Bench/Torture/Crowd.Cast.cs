using Chat.Bench.History;
using Chat.Bench.Proxy;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Torture;

internal sealed partial class Crowd
{
    private static readonly TimeSpan s_oftenAway = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_longAway = TimeSpan.FromMinutes(3);

    private int _seeds;

    /// <summary>Signs everybody up, puts them into their rooms and connects them. Nothing may be broken yet.</summary>
    public async Task GatherAsync(CancellationToken ct)
    {
        var late = new List<Actor>();
        for (var cast = 1; cast <= run.Crowd; cast++)
            await GatherAsync(run.Crowd == 1 ? "" : $" of cast {cast}", late, ct);
        // All are members before anybody connects, and nobody writes before all are connected: so each knows where it begins.
        await Task.WhenAll(_actors.Except(late).Select(a => a.Client.StartEverywhereAsync(ct)));
    }

    private async Task GatherAsync(string suffix, List<Actor> late, CancellationToken ct)
    {
        var host = await SignUpAsync(ct);
        var square = await RoomAsync(host, $"square{suffix}", RoomKind.Public, ct);
        var gallery = await RoomAsync(host, $"gallery{suffix}", RoomKind.Public, ct);
        var owner = Writing(Add($"host{suffix}", host, null, square, steady: true));
        owner.In(gallery);

        var steady = new List<Actor>();
        foreach (var transport in Enum.GetValues<TransportKind>())
        {
            var account = await InAsync(square, ct);
            steady.Add(Writing(Add($"steady on {transport}{suffix}", account, transport, square, steady: true)));
            Writing(Add($"second device of {transport}{suffix}", account, null, square, steady: true));
            var flapping = Writing(Add($"flapping on {transport}{suffix}", await InAsync(square, ct), transport, square));
            _behaviours.Add(flapping.FlapAsync);
        }
        await TalkAsync(steady[0], steady[1], ct);
        await TalkAsync(steady[1], steady[2], ct);

        Writing(Add($"slow reader{suffix}", await InAsync(square, ct), null, square)).Client.Pause = TimeSpan.FromMilliseconds(10);
        var line = new FaultProxy(front, run.Seed);
        line.Do(_ => new Throttle(SlowBytes));
        _slowLines.Add(line);
        Writing(Add($"slow line{suffix}", await InAsync(square, ct), TransportKind.WebSockets, square, via: line.Uri));

        for (var n = 1; n <= run.Listeners; n++)
            Add($"listener {n}{suffix}", await InAsync(square, ct), (TransportKind)(n % 3), square, steady: true);

        for (var n = 1; n <= 2; n++)
        {
            var absent = Add($"{(n == 1 ? "often" : "long")} away{suffix}", await InAsync(square, ct), n == 1 ? null : TransportKind.LongPolling, square);
            var longest = n == 1 ? s_oftenAway : s_longAway;
            _behaviours.Add(stop => absent.ComeAndGoAsync(longest, stop));

            var newcomer = Add($"late {n}{suffix}", await InAsync(square, ct), null, square);
            late.Add(newcomer);
            _behaviours.Add(stop => newcomer.ComeLateAsync(square, gallery, stop));

            var leaver = Writing(Add($"leaver {n}{suffix}", await InAsync(square, ct), n == 1 ? null : TransportKind.ServerSentEvents, square));
            var porches = await PlacesAsync(host, leaver, $"porch {n}{suffix}", RoomKind.Public, ct);
            _behaviours.Add(stop => leaver.JoinAndLeaveAsync(owner, porches, stop));

            var guest = Writing(Add($"guest {n}{suffix}", await InAsync(square, ct), n == 1 ? null : TransportKind.WebSockets, square));
            var dens = await PlacesAsync(host, guest, $"den {n}{suffix}", RoomKind.Private, ct);
            _behaviours.Add(stop => owner.InviteAndRemoveAsync(guest, dens, stop));
        }
    }

    /// <summary>One client of somebody who is in a room.</summary>
    private Actor Add(string name, Account account, TransportKind? transport, string room, bool steady = false, Uri? via = null)
    {
        var random = new SharedRandom(run.Seed + ++_seeds);
        var actor = new Actor(this, account, new RecordedClient(History, name, account.Options(transport, via)), random) { Steady = steady };
        _actors.Add(actor);
        actor.In(room);
        return actor;
    }

    private Actor Writing(Actor actor)
    {
        _behaviours.Add(actor.WriteAsync);
        return actor;
    }

    /// <summary>Two people with a direct room, which all their devices see.</summary>
    private async Task TalkAsync(Actor one, Actor other, CancellationToken ct)
    {
        var room = await one.Account.DirectAsync(other.Account.User, ct);
        _readers[room.Id] = one.Account;
        one.In(room.Id);
        other.In(room.Id);
    }

    /// <summary>Rooms that somebody will come into and go from, and knows now that it will watch.</summary>
    private async Task<IReadOnlyList<string>> PlacesAsync(Account host, Actor visitor, string name, RoomKind kind, CancellationToken ct)
    {
        var rooms = new List<string>();
        for (var n = 1; n <= Places; n++)
        {
            rooms.Add(await RoomAsync(host, $"{name}-{n}", kind, ct));
            History.Watching(visitor.Client.Name, visitor.Account.User.Id, rooms[^1], 0);
        }
        return rooms;
    }

    private async Task<string> RoomAsync(Account host, string name, RoomKind kind, CancellationToken ct)
    {
        var room = await host.CreateRoomAsync(name, kind, ct);
        _readers[room.Id] = host;
        return room.Id;
    }

    private async Task<Account> InAsync(string room, CancellationToken ct)
    {
        var account = await SignUpAsync(ct);
        await account.JoinAsync(room, ct);
        return account;
    }

    private async Task<Account> SignUpAsync(CancellationToken ct)
    {
        var account = await Account.SignUpAsync(front, ct);
        _accounts.Add(account);
        return account;
    }
}
