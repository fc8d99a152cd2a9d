using Chat.Bench.History;
using Chat.Client;
using Chat.Contracts;

namespace Chat.Bench.Torture;

/// <summary>One client that takes part: how it behaves is chosen by the methods that are run, several at once if need be.</summary>
internal sealed class Actor(Crowd crowd, Account account, RecordedClient client, SharedRandom random) : IDisposable
{
    private const int Window = 8;
    private const int Remembered = 40;
    private static readonly string[] s_reactions = ["👍", "🎉", "❤️", ""];

    private readonly SemaphoreSlim _free = new(Window);
    private readonly List<(string RoomId, long Seq)> _mine = [];
    private readonly List<string> _rooms = [];
    private int _written;

    /// <summary>Who it is.</summary>
    public Account Account => account;

    /// <summary>Its client.</summary>
    public RecordedClient Client => client;

    /// <summary>Whether it is meant to be connected now, without making trouble itself: others may be measured by it.</summary>
    public bool Steady { get; init; }

    /// <summary>From now on it may write there.</summary>
    public void In(string roomId)
    {
        lock (_rooms)
            _rooms.Add(roomId);
    }

    /// <summary>And from now on not.</summary>
    public void Out(string roomId)
    {
        lock (_rooms)
            _rooms.Remove(roomId);
    }

    /// <summary>Writes while others do.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await crowd.Pace.TurnAsync(random, crowd.Writers, stop);
            await SayAsync(Pick(), stop);
        }
    }

    /// <summary>Says one thing, and does not wait for the answer; for its turn, if too much is unanswered.</summary>
    public async Task SayAsync(string room, CancellationToken stop)
    {
        await _free.WaitAsync(stop);
        _ = SendAsync(room);
    }

    /// <summary>Drops its connection again and again.</summary>
    public async Task FlapAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.2 + (4 * random.NextDouble())), stop);
            await client.Connection.ReconnectAsync("Flapping.");
        }
    }

    /// <summary>Is there for a while, then away for longer, and goes on where it was.</summary>
    /// <param name="longest">How long it is away at most.</param>
    /// <param name="stop">Comes back, and returns.</param>
    public async Task ComeAndGoAsync(TimeSpan longest, CancellationToken stop)
    {
        while (true)
        {
            using (var awhile = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                awhile.CancelAfter(TimeSpan.FromSeconds(2 + (6 * random.NextDouble())));
                await UntilAsync(WriteAsync(awhile.Token));
            }
            stop.ThrowIfCancellationRequested();
            await client.StopAsync();
            try
            {
                await Task.Delay(longest * (0.1 + (0.9 * random.NextDouble())), stop);
            }
            finally
            {
                client.Resume();
            }
        }
    }

    /// <summary>Comes for the first time when much has happened, and joins another room then.</summary>
    public async Task ComeLateAsync(string square, string gallery, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromSeconds(3 + (12 * random.NextDouble())), stop);
        var heads = await account.HeadsAsync(stop);
        crowd.History.Watching(client.Name, account.User.Id, square, heads[square]);
        crowd.History.Watching(client.Name, account.User.Id, gallery, 0);
        client.StartAfter(heads);
        In(square);
        if (await crowd.MoveAsync(account.User.Id, gallery, comes: true, client, () => client.Connection.JoinAsync(gallery), stop))
            In(gallery);
        await WriteAsync(stop);
    }

    /// <summary>
    /// Joins and leaves; then the host says something that it must not see, and now and then it says something itself where it is not any more. Where a call had
    /// to be repeated it does not come again.
    /// </summary>
    public async Task JoinAndLeaveAsync(Actor host, IReadOnlyList<string> rooms, CancellationToken stop)
    {
        foreach (var room in rooms)
        {
            var sure = true;
            while (sure)
            {
                await PauseAsync(stop);
                sure = await crowd.MoveAsync(account.User.Id, room, comes: true, client, () => client.Connection.JoinAsync(room), stop);
                In(room);
                await PauseAsync(stop);
                Out(room);
                sure &= await crowd.MoveAsync(account.User.Id, room, comes: false, client, () => client.Connection.LeaveAsync(room), stop);
                await host.SayAsync(room, stop);
                if (random.Next(2) == 0)
                    await SayAsync(room, stop);
            }
        }
    }

    /// <summary>As the owner invites and removes somebody.</summary>
    public async Task InviteAndRemoveAsync(Actor guest, IReadOnlyList<string> rooms, CancellationToken stop)
    {
        foreach (var room in rooms)
        {
            var sure = true;
            while (sure)
            {
                await PauseAsync(stop);
                sure = await crowd.MoveAsync(guest.Account.User.Id, room, comes: true, client, () => client.Connection.InviteAsync(room, guest.Account.User.Name), stop);
                guest.In(room);
                await PauseAsync(stop);
                sure &= await crowd.MoveAsync(guest.Account.User.Id, room, comes: false, client, () => client.Connection.RemoveAsync(room, guest.Account.User.Name), stop);
                await SayAsync(room, stop);
                // It is told so, but may still write for a moment.
                await PauseAsync(stop);
                guest.Out(room);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    /// <summary>Ends quietly when it is told to stop.</summary>
    public static async Task UntilAsync(Task behaviour)
    {
        try
        {
            await behaviour;
        }
        catch (OperationCanceledException)
        {
            // That was asked for.
        }
    }

    private Task PauseAsync(CancellationToken stop) => Task.Delay(TimeSpan.FromSeconds(0.3 + (3 * random.NextDouble())), stop);

    private string Pick()
    {
        lock (_rooms)
            return _rooms[random.Next(_rooms.Count)];
    }

    private async Task SendAsync(string room)
    {
        crowd.Begun();
        try
        {
            // What it sends is kept going after the end of the writing; what is unanswered at the very end has an unknown fate.
            if (await NextAsync(room) is { } seq)
                crowd.Acked(room, seq);
        }
        catch (Exception e) when (e is ChatException or ObjectDisposedException or OperationCanceledException)
        {
            // Refused, or stopped: the history knows.
        }
        finally
        {
            _free.Release();
            crowd.Ended();
        }
    }

    private Task<long?> NextAsync(string room)
    {
        var text = UnicodeText.Next(random, Interlocked.Increment(ref _written));
        if (random.Next(8) == 0 && OneOfMine(room) is { } target)
        {
            return random.Next(4) switch
            {
                0 => client.DeleteAsync(room, target, crowd.End),
                1 => client.ReactAsync(room, target, s_reactions[random.Next(s_reactions.Length)], crowd.End),
                _ => client.EditAsync(room, target, text, crowd.End),
            };
        }
        return MessageAsync(room, text);
    }

    private async Task<long?> MessageAsync(string room, string text)
    {
        var seq = await client.SendAsync(room, text, crowd.End);
        lock (_mine)
        {
            _mine.Add((room, seq!.Value));
            if (_mine.Count > Remembered)
                _mine.RemoveAt(0);
        }
        return seq;
    }

    private long? OneOfMine(string room)
    {
        lock (_mine)
        {
            var here = _mine.Where(m => m.RoomId == room).ToList();
            return here.Count == 0 ? null : here[random.Next(here.Count)].Seq;
        }
    }
}
