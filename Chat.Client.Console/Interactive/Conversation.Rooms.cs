using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <content>Which room is open, and what of it is loaded and read.</content>
public sealed partial class Conversation
{
    private readonly Timeline _homeless = new();
    private Room? _current;
    private readonly HashSet<string> _loading = [];
    private bool _marking;

    /// <summary>My rooms, as lists show them.</summary>
    public IReadOnlyList<Room> Rooms => RoomNames.Ordered(connection.Rooms.Values);

    /// <summary>The id of the room that is open; null while none is.</summary>
    public string? CurrentId => _current?.Id;

    /// <summary>The room that is open; null while none is.</summary>
    public Room? Current => _current is null ? null : connection.Rooms.GetValueOrDefault(_current.Id) ?? _current;

    /// <summary>What is shown: the current room's timeline, or, while no room is open, only notices.</summary>
    public Timeline Timeline => CurrentId is null ? _homeless : TimelineOf(CurrentId);

    /// <summary>The last number that was read when the room was opened, if something followed it; what comes after is new.</summary>
    public long? NewAfter { get; private set; }

    /// <summary>Opens a room and loads its newest page.</summary>
    public async Task OpenAsync(Room room)
    {
        _current = room;
        NewAfter = Current is { Unread: > 0 } unread ? unread.ReadUpTo : null;
        Learn([room]);
        Changed?.Invoke();
        if (!TimelineOf(room.Id).Opened)
            await LoadOlderAsync();
        if (CurrentId != room.Id)
            return;
        MarkRead();
        Opened?.Invoke(Current ?? room);
        if (Current is { Request: RequestSide.Theirs } asked)
            Note($"{RoomNames.Title(asked)} wants to talk with you: /accept or /refuse. A message of yours accepts.");
        Changed?.Invoke();
    }

    /// <summary>Goes to the next room (or the one before) of the list, round and round.</summary>
    public Task StepAsync(int by)
    {
        var rooms = Rooms;
        if (rooms.Count == 0)
            return Task.CompletedTask;
        var at = rooms.ToList().FindIndex(r => r.Id == CurrentId);
        return OpenAsync(rooms[(((at < 0 ? 0 : at + by) % rooms.Count) + rooms.Count) % rooms.Count]);
    }

    /// <summary>Goes to the next room with something unread; says so if there is none.</summary>
    public Task NextUnreadAsync()
    {
        var rooms = Rooms.ToList();
        var at = rooms.FindIndex(r => r.Id == CurrentId);
        var next = rooms.Skip(at + 1).Concat(rooms.Take(at + 1)).FirstOrDefault(r => r.Unread > 0 && r.Id != CurrentId);
        if (next is not null)
            return OpenAsync(next);
        Note("Nothing unread.");
        return Task.CompletedTask;
    }

    /// <summary>Loads the page before what is held. Does nothing while one is loading, or when all is there.</summary>
    /// <returns>Whether something was added.</returns>
    public async Task<bool> LoadOlderAsync()
    {
        if (CurrentId is not { } roomId || TimelineOf(roomId) is not { Complete: false } timeline || !_loading.Add(roomId))
            return false;
        var before = timeline.Oldest;
        try
        {
            var page = await connection.HistoryAsync(roomId, new PageRequest(Before: before), _stopping);
            timeline.Prepend(page);
            timeline.Opened = true;
            foreach (var e in page.Events)
                People.Meet(e.Sender);
        }
        catch (ChatException refusal) when (refusal.Code != ErrorCodes.Unavailable)
        {
            Note(refusal.Message);
        }
        catch (ChatException)
        {
            // Not connected now: the status bar says so, and the next look at the top tries again.
        }
        finally
        {
            _loading.Remove(roomId);
        }
        Changed?.Invoke();
        return timeline.Oldest != before;
    }

    /// <summary>The person sees the newest message of the current room.</summary>
    public void MarkRead() => _ = MarkReadAsync();

    /// <summary>The names that can be completed.</summary>
    public CompletionNames CompletionNames() =>
        new(People.Names(Me?.Id), [.. Rooms.Select(r => r.Name)]);

    private async Task MarkReadAsync()
    {
        // One call at a time; what arrives meanwhile is marked by the next one.
        if (_marking)
            return;
        _marking = true;
        try
        {
            for (var last = 0L; Attentive && Current is { } room && Math.Max(room.Head, Timeline.Newest) is var head && head > Math.Max(last, room.ReadUpTo); last = head)
                await connection.MarkReadAsync(room.Id, head, _stopping);
        }
        catch (Exception refusal) when (refusal is ChatException or OperationCanceledException)
        {
            // A read marker may be lost; the next one says more.
        }
        finally
        {
            _marking = false;
        }
    }

    private Task OpenFirstAsync()
    {
        var rooms = Rooms;
        if (rooms.Count > 0)
            return OpenAsync(rooms.FirstOrDefault(r => r.Unread > 0) ?? rooms[0]);
        Note("You are in no room yet. /rooms lists public ones, /join ROOM enters one, /create NAME makes one, /msg NAME talks to a person.");
        return Task.CompletedTask;
    }

    private async Task CloseAsync(string roomId)
    {
        _timelines.Remove(roomId);
        if (CurrentId != roomId)
            return;
        var name = RoomNames.Title(_current!);
        _current = null;
        await OpenFirstAsync();
        Note($"You are no longer in {name}.");
    }

    // The server has lost events that may be on the screen, and gives their numbers to other events.
    private async Task StartOverAsync(string roomId)
    {
        _timelines.Remove(roomId);
        if (CurrentId != roomId)
            return;
        Note("The server was restored to an earlier state; this room is shown as it is now.");
        await LoadOlderAsync();
    }

    private Timeline TimelineOf(string roomId) => _timelines.TryGetValue(roomId, out var timeline) ? timeline : _timelines[roomId] = new Timeline();
}
