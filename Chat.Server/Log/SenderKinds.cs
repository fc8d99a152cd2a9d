using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Server.Log;

/// <summary>
/// Fills in the kinds of people in events that an older node wrote without them, from the people's memberships. It
/// remembers kinds, so that a page seldom needs a second statement, and for a moment that a kind is unknown.
/// Thread-safe.
/// </summary>
internal sealed class SenderKinds(TimeProvider time)
{
    /// <summary>The most people who are remembered; after that they are asked for again.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan s_unknown = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (UserKind? Kind, long At)> _kinds = [];

    /// <summary>The people in these events whose kinds have to be looked up.</summary>
    public string[] Missing(IReadOnlyList<ChatEvent> events)
    {
        HashSet<string>? missing = null;
        foreach (var e in events)
        {
            Look(e.Sender);
            Look(e.By);
        }
        return missing is null ? [] : [.. missing];

        void Look(UserRef? user)
        {
            if (user is not { Kind: null })
                return;
            if (!_kinds.TryGetValue(user.Id, out var known)
                || (known.Kind is null && time.GetElapsedTime(known.At) > s_unknown))
                (missing ??= []).Add(user.Id);
        }
    }

    /// <summary>Remembers the kinds that were found for <see cref="Missing"/>; the others are unknown.</summary>
    public void Learn(string[] missing, IReadOnlyDictionary<string, UserKind> found)
    {
        if (_kinds.Count + missing.Length > Most)
            _kinds.Clear();
        foreach (var id in missing)
            _kinds[id] = (found.TryGetValue(id, out var kind) ? kind : null, time.GetTimestamp());
    }

    /// <summary>The events with the kinds that are known.</summary>
    public IReadOnlyList<ChatEvent> Fill(IReadOnlyList<ChatEvent> events)
    {
        if (!events.Any(e => e.Sender.Kind is null || e.By is { Kind: null }))
            return events;
        return [.. events.Select(e => e with { Sender = Fill(e.Sender)!, By = Fill(e.By) })];
    }

    private UserRef? Fill(UserRef? user) =>
        user is { Kind: null } && _kinds.TryGetValue(user.Id, out var known) && known.Kind is { } kind
            ? user with { Kind = kind } : user;
}
