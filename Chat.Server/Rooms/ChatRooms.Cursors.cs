using Chat.Contracts;

namespace Chat.Server.Rooms;

/// <summary>Checks whether a client's cursors fit the log.</summary>
public sealed partial class ChatRooms
{
    /// <summary>
    /// Returns the rooms in which the event at the cursor is missing, or is not the client's event. Then the database
    /// lost a tail, or was restored from a backup. An event without a generation, which an older node wrote, always
    /// fits.
    /// </summary>
    public async Task<IReadOnlyList<string>> UnfitAsync(
        IReadOnlyDictionary<string, long> cursors, IReadOnlyDictionary<string, string> generations,
        CancellationToken cancellation)
    {
        var asked = cursors.Where(c => c.Value > 0 && Rules.IsId(c.Key)).ToDictionary();
        var found = await log.GenerationsAsync(asked, cancellation);
        return [.. asked.Keys.Where(room => !Fits(room, generations.GetValueOrDefault(room)))];

        bool Fits(string room, string? given) =>
            found.TryGetValue(room, out var stored) && (stored is null || given is null || stored == given);
    }

    /// <summary>The same for a client that follows one room and names the generation of its last event.</summary>
    /// <exception cref="ChatException"><c>reset</c>: the event does not fit. Or the person may not read the
    /// room.</exception>
    public async Task RequireFitAsync(User me, string? roomId, long? after, string? generation,
        CancellationToken cancellation)
    {
        if (generation is null || after is not > 0)
            return;
        await PastOrPresentAsync(me, Rules.Id(roomId));
        var unfit = await UnfitAsync(
            new Dictionary<string, long> { [roomId!] = after.Value },
            new Dictionary<string, string> { [roomId!] = generation }, cancellation);
        if (unfit.Count > 0)
            throw new ChatException(ErrorCodes.Reset,
                $"event {after} is not the one that you had; forget this room's events and start over");
    }
}
