using System.Net;
using System.Net.Sockets;
using Chat.Bench.Processes;
using Chat.Bench.Proxy;

namespace Chat.Bench.Torture;

/// <summary>All that can be done to a lab.</summary>
internal static class Mishaps
{
    /// <summary>More than a token lives, less than a sign-in does.</summary>
    private static readonly TimeSpan s_jump = TimeSpan.FromHours(36);

    /// <summary>What cannot be done here, and why, for the report; null if nothing.</summary>
    public static string? NotTried(Lab lab) =>
        lab.Nodes.Any(n => n.Process.Clock is null) ? "not tried: jumps of the clock, for want of a C compiler (cc)" : null;

    /// <summary>Everything for this lab, by kind, in a fixed order.</summary>
    /// <param name="lab">Whose parts.</param>
    /// <param name="only">Only kinds that begin so; empty for all.</param>
    public static IReadOnlyList<IGrouping<string, Mishap>> Of(Lab lab, IReadOnlyList<string> only)
    {
        var all = lab.Nodes.SelectMany(node => OfNode(node)).Concat(OfRedis(lab)).Concat(OfPostgres(lab)).Concat(lab.Ways.SelectMany(OfWay));
        return [.. all.Where(m => only.Count == 0 || only.Any(o => m.Kind.StartsWith(o, StringComparison.OrdinalIgnoreCase))).GroupBy(m => m.Kind)];
    }

    private static IEnumerable<Mishap> OfNode(LabNode node)
    {
        yield return new("node killed", node.Name, node.Ways, _ => node.KillAsync(), ct => node.StartAsync(ct));
        yield return new("node restarted", node.Name, node.Ways, node.StopAsync, ct => node.StartAsync(ct));
        yield return Frozen("node frozen", node.Name, node.Ways, node.Process);
        if (node.Process.Clock is not { } clock)
            yield break;
        yield return new("clock jumps ahead", node.Name, node.Ways, Done(() => clock.Set(s_jump)), Done(() => clock.Set(TimeSpan.Zero)));
        yield return new("clock jumps back", node.Name, node.Ways, Done(() => clock.Set(-s_jump)), Done(() => clock.Set(TimeSpan.Zero)));
        yield return new("clock wrong from the start", node.Name, node.Ways, async ct =>
        {
            await node.KillAsync();
            clock.Set(-s_jump);
            await node.StartAsync(ct);
        }, Done(() => clock.Set(TimeSpan.Zero)));
    }

    private static IEnumerable<Mishap> OfRedis(Lab lab)
    {
        if (lab.Redis is not { } redis)
            yield break;
        var ways = To(lab, "–Redis");
        yield return new("Redis restarted", "Redis", ways, _ => redis.KillAsync(), redis.StartAsync);
        yield return Frozen("Redis frozen", "Redis", ways, redis);
        yield return new("Redis flushed", "Redis", ways, _ => redis.ExecuteAsync("", "FLUSHALL"), Nothing);
        // It takes what it is sent, and answers nobody.
        yield return new("Redis deaf", "Redis", ways, _ => redis.ExecuteAsync("", "CLIENT", "PAUSE", "4000", "ALL"), ct => AnswersAsync(redis, ct));
    }

    private static IEnumerable<Mishap> OfPostgres(Lab lab)
    {
        if (lab.Postgres is not { } postgres)
            yield break;
        var ways = To(lab, "–PostgreSQL");
        yield return new("PostgreSQL restarted", "PostgreSQL", ways, _ => postgres.StopAsync(), postgres.StartAsync);
        yield return new("PostgreSQL stopped at once", "PostgreSQL", ways, _ => postgres.StopImmediatelyAsync(), postgres.StartAsync);
        yield return new("PostgreSQL killed", "PostgreSQL", ways, _ => postgres.KillAsync(), postgres.StartAsync);
        yield return Frozen("PostgreSQL frozen", "PostgreSQL", ways, postgres);
    }

    private static IEnumerable<Mishap> OfWay(Way way)
    {
        yield return new("link cut", way.Name, [way], Done(way.Cut), Nothing);
        yield return Weather("link refused", () => new Refuse());
        yield return Weather("link late", () => new Delay(TimeSpan.FromMilliseconds(200)));
        yield return Weather("link slow", () => new Throttle(16_000));
        yield return Weather("link loses all", () => new Swallow(new Random(0), null, 0));
        yield return Weather("link loses one way up", () => new Swallow(new Random(0), Direction.Up, 0));
        yield return Weather("link loses one way down", () => new Swallow(new Random(0), Direction.Down, 0));
        yield return Held("link stalled", null);
        yield return Held("link stalled one way up", Direction.Up);
        yield return Held("link stalled one way down", Direction.Down);

        Mishap Weather(string kind, Func<Fault> weather) => new(kind, way.Name, [way], Done(() => way.Begin(weather())), Done(way.End));

        Mishap Held(string kind, Direction? direction)
        {
            Hold? hold = null;
            return new(kind, way.Name, [way], Done(() => way.Begin(hold = new Hold(direction))), Done(() =>
            {
                way.End();
                hold?.Release();
            }));
        }
    }

    /// <summary>It hears nothing before the time is over, not even that it shall end. A bare line, since a client would not wait so long.</summary>
    private static async Task AnswersAsync(RedisProcess redis, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, redis.Port), ct);
        await socket.SendAsync("PING\r\n"u8.ToArray(), ct);
        await socket.ReceiveAsync(new byte[16], ct);
    }

    private static Mishap Frozen(string kind, string target, IReadOnlyList<Way> ways, ChildProcess process) =>
        new(kind, target, ways, Done(process.Freeze), Done(process.Thaw));

    private static List<Way> To(Lab lab, string end) => [.. lab.Ways.Where(w => w.Name.EndsWith(end, StringComparison.Ordinal))];

    private static Task Nothing(CancellationToken ct) => Task.CompletedTask;

    private static Func<CancellationToken, Task> Done(Action what) => _ =>
    {
        what();
        return Task.CompletedTask;
    };
}
