using Chat.Contracts;

namespace Chat.Bench.Load;

/// <summary>A room that fills up: the first one makes it, the others join.</summary>
internal sealed class Place(string name)
{
    private readonly Lock _gate = new();
    private Task<string>? _made;
    private int _people;

    /// <summary>How many are in it.</summary>
    public int People => Volatile.Read(ref _people);

    /// <summary>Which room it is; known to who has entered.</summary>
    public string RoomId => _made!.Result;

    /// <summary>Makes the account a member.</summary>
    public async Task EnterAsync(Account account, CancellationToken ct)
    {
        var first = false;
        lock (_gate)
        {
            if (_made is null)
                (_made, first) = (MakeAsync(account, ct), true);
        }
        var room = await _made;
        if (!first)
            await account.JoinAsync(room, ct);
        Interlocked.Increment(ref _people);
    }

    private async Task<string> MakeAsync(Account account, CancellationToken ct) => (await account.CreateRoomAsync(name, RoomKind.Public, ct)).Id;
}
