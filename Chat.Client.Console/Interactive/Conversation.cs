using Chat.Client;
using Chat.Contracts;

namespace Chat.Client.Console.Interactive;

/// <summary>
/// A person at a chat: which room is open, what has been said, what is not sent yet. The screen and the line mode show the same one.
/// Lives on one loop (see <see cref="LoopContext"/>): call it, and be called by it, only there.
/// </summary>
/// <param name="connection">The connection; the conversation is its only reader of events.</param>
/// <param name="time">The clock.</param>
public sealed partial class Conversation(ChatConnection connection, TimeProvider time)
{
    private readonly Dictionary<string, Timeline> _timelines = [];
    private readonly TypingPeople _typing = new(time);
    private readonly Outgoing _outgoing = new();
    private readonly TaskCompletionSource _ready = new();
    private CancellationToken _stopping;

    /// <summary>Something that is shown changed.</summary>
    public event Action? Changed;

    /// <summary>An event arrived, in any room.</summary>
    public event Action<ChatEvent>? Arrived;

    /// <summary>The program has something to say about the current room, or about itself.</summary>
    public event Action<string>? Noted;

    /// <summary>The connection's state changed.</summary>
    public event Action<ConnectionStatus>? StatusChanged;

    /// <summary>Another room was opened, and its newest page is there.</summary>
    public event Action<Room>? Opened;

    /// <summary>Older events were loaded because the person asked by a command.</summary>
    public event Action<IReadOnlyList<ChatEvent>>? OlderLoaded;

    /// <summary>The person wants to leave.</summary>
    public event Action? Quitting;

    /// <summary>How events are written, and whether with numbers.</summary>
    public EventText Text { get; } = new(time.LocalTimeZone);

    /// <summary>Those whom this client has met.</summary>
    public People People { get; } = new();

    /// <summary>Who I am; null before the first connection.</summary>
    public User? Me => connection.Me;

    /// <summary>The connection as of now.</summary>
    public ConnectionStatus Status => connection.Status;

    /// <summary>What has not reached the server yet, in all rooms.</summary>
    public IReadOnlyList<OutboxEntry> Unsent => connection.Outbox;

    /// <summary>Whether the person sees the newest message of the current room, so that it counts as read.</summary>
    public bool Attentive { get; set; } = true;

    /// <summary>My messages of the current room that are not in its timeline.</summary>
    public IEnumerable<OutgoingMessage> Pending => _outgoing.Messages.Where(m => m.RoomId == CurrentId);

    /// <summary>The names of those who are typing in the current room.</summary>
    public IReadOnlyList<string> Typing => CurrentId is null ? [] : [.. _typing.In(CurrentId).Where(id => id != Me?.Id).Select(id => People.Name(id) ?? "somebody")];

    /// <summary>Completes when the first room is open, or it is clear that none will be.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Connects, and keeps up with the server until cancelled.</summary>
    /// <param name="first">The name of the room or the person to begin with; null for the first room with something unread.</param>
    /// <param name="direct">Whether <paramref name="first"/> is a person.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(string? first, bool direct, CancellationToken ct)
    {
        _stopping = ct;
        var loop = SynchronizationContext.Current ?? throw new InvalidOperationException("A conversation needs a loop.");
        void OutboxChanged() => loop.Post(_ => ReadOutbox(), null);
        connection.OutboxChanged += OutboxChanged;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            ReadOutbox();
            await Task.WhenAll(ReadStatusAsync(end.Token), ReadEventsAsync(end.Token), ReadSignalsAsync(end.Token), StartOrEndAsync());
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        finally
        {
            connection.OutboxChanged -= OutboxChanged;
        }

        // A certificate that is not trusted has more to say than fits a screen, and only a new start mends it.
        async Task StartOrEndAsync()
        {
            try
            {
                await StartAsync(first, direct, ct);
            }
            catch (ChatException untrusted)
            {
                _ready.TrySetException(untrusted);
                await end.CancelAsync();
                throw;
            }
            finally
            {
                _ready.TrySetResult();
            }
        }
    }

    /// <summary>Says something of the program's own in the current room.</summary>
    public void Note(string text)
    {
        if (CurrentId is not null)
            TimelineOf(CurrentId).Note(text, time.GetUtcNow());
        else
            _homeless.Note(text, time.GetUtcNow());
        Noted?.Invoke(text);
        Changed?.Invoke();
    }

    private async Task StartAsync(string? first, bool direct, CancellationToken ct)
    {
        try
        {
            await connection.StartAsync(ct);
            Learn(connection.Rooms.Values);
            if (first is not null)
                await (direct ? TalkToAsync(first) : GoAsync(first));
            if (CurrentId is null)
                await OpenFirstAsync();
        }
        catch (ChatException refusal) when (refusal.Code != CertificateTrust.ErrorCode)
        {
            Note($"{refusal.Message} ({refusal.Code})");
            if (CurrentId is null && Status.State == ConnectionState.Connected)
                await OpenFirstAsync();
        }
    }

    private async Task ReadStatusAsync(CancellationToken ct)
    {
        await foreach (var status in connection.StatusChanges(ct))
        {
            if (status.State == ConnectionState.Connected)
            {
                Learn(connection.Rooms.Values);
                _ = LearnBlockedAsync();
                // The signal that a room is gone may have been lost with the last connection.
                if (CurrentId is { } open && !connection.Rooms.ContainsKey(open))
                    await CloseAsync(open);
                MarkRead();
                // The room may have been opened while there was no connection to load it from.
                if (CurrentId is not null && !Timeline.Opened)
                    _ = LoadOlderAsync();
            }
            if (status.Refusal is { Code: CertificateTrust.ErrorCode } untrusted)
                Note(untrusted.Message);
            StatusChanged?.Invoke(status);
            Changed?.Invoke();
        }
    }

    private async Task ReadEventsAsync(CancellationToken ct)
    {
        var turn = 0;
        await foreach (var e in connection.Events(ct))
        {
            Apply(e);
            // A long catch-up must leave the loop some turns for the keyboard.
            if (++turn % 200 == 0)
                await Task.Yield();
        }
    }

    private void Apply(ChatEvent e)
    {
        if (e.Type == EventTypes.Message)
            People.Spoke(e.Sender);
        else
            People.Meet(e.Sender);
        _typing.Said(e.RoomId, e.Sender.Id);
        if (e.Sender.Id == Me?.Id)
            _outgoing.Arrived(e.ClientId);

        var timeline = TimelineOf(e.RoomId);
        timeline.Append(e);
        if (e.RoomId != CurrentId || Attentive)
            timeline.Trim();
        if (e.RoomId == CurrentId)
            MarkRead();
        Arrived?.Invoke(e);
        Changed?.Invoke();
    }

    private async Task ReadSignalsAsync(CancellationToken ct)
    {
        await foreach (var signal in connection.Signals(ct))
        {
            switch (signal)
            {
                case TypingSignal typing:
                    _typing.Typing(typing.RoomId, typing.UserId);
                    break;
                case PresenceSignal presence:
                    People.Learn(presence.Users);
                    break;
                case RoomUpdatedSignal updated:
                    Learn([updated.Room]);
                    // It may be back because another device has taken a block back.
                    if (updated.Room.Kind == RoomKind.Direct)
                        _ = LearnBlockedAsync();
                    break;
                case RoomResetSignal reset:
                    await StartOverAsync(reset.RoomId);
                    break;
                case InvitedSignal invited:
                    NoteInvitation(invited.Invitation);
                    break;
                case RoomRemovedSignal removed:
                    _ = LearnBlockedAsync();
                    await CloseAsync(removed.RoomId);
                    break;
            }
            Changed?.Invoke();
        }
    }

    private void ReadOutbox()
    {
        foreach (var entry in connection.Outbox)
            _outgoing.Queue(new OutgoingMessage(entry.RoomId, entry.ClientId, entry.Body));
        Changed?.Invoke();
    }

    private void Learn(IEnumerable<Room> rooms)
    {
        foreach (var member in rooms.SelectMany(r => r.Members))
            People.Meet(member);
    }
}
