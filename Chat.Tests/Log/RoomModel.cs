using Chat.Contracts;
using Chat.Server.Log;

namespace Chat.Tests.Log;

/// <summary>A public room as simply as it can be written: lists in memory, one step at a time.</summary>
internal sealed class RoomModel : RoomLogContract.ILogLike
{
    private readonly List<Entry> _log = [];
    private readonly List<UserRef> _members = [];
    private readonly Dictionary<UserRef, long> _read = [];
    private UserRef? _owner;

    public RoomModel(UserRef owner) => _ = JoinAsync(owner);

    /// <summary>Its events as <see cref="Describe"/> writes them.</summary>
    public IEnumerable<string> Log => _log.Select((e, i) => $"{i + 1} {e.Type} {e.Sender.Id} {e.Key} {e.Body} {e.ReplyTo} {e.Target}");

    public static string Describe(ChatEvent e) => $"{e.Seq} {e.Type} {e.Sender.Id} {e.ClientId} {e.Body} {e.ReplyTo} {e.Target}";

    public Task<string> AppendAsync(UserRef sender, Draft[] drafts) => Task.FromResult(
        _members.Contains(sender) || drafts.Any(d => First(sender, d) >= 0) ? string.Join(",", drafts.Select(d => Append(sender, d)).ToList()) : ErrorCodes.Forbidden);

    public Task<string> JoinAsync(UserRef who)
    {
        if (!_members.Contains(who))
        {
            _members.Add(who);
            _owner ??= who;
            _log.Add(new Entry(EventTypes.Join, who));
            _read[who] = _log.Count;
        }
        return Task.FromResult("");
    }

    public Task<string> RemoveAsync(UserRef who, UserRef by)
    {
        if (!_members.Contains(by) || (who != by && by != _owner))
            return Task.FromResult(ErrorCodes.Forbidden);
        if (!_members.Remove(who))
            return Task.FromResult(ErrorCodes.NotFound);
        _log.Add(new Entry(EventTypes.Leave, who));
        if (_owner == who)
            _owner = _members.FirstOrDefault();
        return Task.FromResult("");
    }

    public Task<string> RenameAsync(UserRef by)
    {
        if (!_members.Contains(by) || by != _owner)
            return Task.FromResult(ErrorCodes.Forbidden);
        _log.Add(new Entry(EventTypes.Room, by));
        return Task.FromResult("");
    }

    public Task<string> MarkAsync(UserRef who, long seq)
    {
        if (!_members.Contains(who))
            return Task.FromResult(ErrorCodes.Forbidden);
        _read[who] = Math.Max(_read[who], Math.Min(seq, _log.Count));
        return Task.FromResult($"{_read[who]}");
    }

    private string Append(UserRef sender, Draft draft)
    {
        var first = First(sender, draft);
        if (first >= 0)
        {
            var e = _log[first];
            var same = e.Type == draft.Type && e.ReplyTo == draft.ReplyTo && e.Target == draft.Target && (e.Body is null || e.Body == draft.Body);
            return same ? $"again {first + 1}" : ErrorCodes.KeyReused;
        }
        if (!_members.Contains(sender))
            return ErrorCodes.Forbidden;
        if (draft.Target is { } target)
        {
            if (About(target) is not { } about || (about.Body is null && draft.Type != EventTypes.Delete))
                return ErrorCodes.Invalid;
            if (about.Sender != sender && (draft.Type == EventTypes.Edit || (draft.Type == EventTypes.Delete && sender != _owner)))
                return ErrorCodes.Forbidden;
        }
        if (draft.ReplyTo is { } replyTo && About(replyTo) is null)
            return ErrorCodes.Invalid;

        _log.Add(new Entry(draft.Type, sender) { Key = draft.ClientId, Body = draft.Body, ReplyTo = draft.ReplyTo, Target = draft.Target });
        if (draft.Type == EventTypes.Delete)
        {
            _log[(int)draft.Target! - 1].Body = null;
            _log.Where(e => e.Type == EventTypes.Edit && e.Target == draft.Target).ToList().ForEach(e => e.Body = null);
        }
        return $"{_log.Count}";
    }

    private int First(UserRef sender, Draft draft) => _log.FindIndex(e => e.Sender == sender && e.Key == draft.ClientId);

    private Entry? About(long seq) => seq <= _log.Count && _log[(int)seq - 1] is { Type: EventTypes.Message } message ? message : null;

    private sealed class Entry(string type, UserRef sender)
    {
        public string Type { get; } = type;

        public UserRef Sender { get; } = sender;

        public string? Key { get; init; }

        public string? Body { get; set; }

        public long? ReplyTo { get; init; }

        public long? Target { get; init; }
    }
}
