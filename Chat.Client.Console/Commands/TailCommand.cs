using System.CommandLine;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat tail</c>: the end of the log, and with <c>-f</c> everything that follows, without holes across reconnects.</summary>
public static class TailCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var place = new Place();
        var since = new Option<long?>("--since") { Description = "Begin after event number N; 0 is the beginning", HelpName = "N" };
        var lines = new Option<int>("--lines", "-n") { Description = "Without --since: how many of the newest events to begin with", HelpName = "COUNT", DefaultValueFactory = _ => 10 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what follows, for ever" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("tail", "Print the newest events of one room or of all, and follow them") { since, lines, follow, json };
        place.AddTo(command, required: false);
        command.Validators.Add(result =>
        {
            if (result.GetValue(since) is not null && result.GetValue(place.RoomOption) is null && result.GetValue(place.ToOption) is null)
                result.AddError("--since needs --room or --to: each room has its own numbers.");
            if (result.GetValue(since) < 0 || result.GetValue(lines) < 0)
                result.AddError("--since and --lines take 0 or more.");
        });

        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var only = await invocation.WithinAsync(patience => place.FindAsync(connection, options, patience), ct);
            var rooms = only is null ? RoomNames.Ordered(connection.Rooms.Values) : [only];
            var output = new EventOutput(invocation.Out, options.GetValue(json), invocation.Time.LocalTimeZone, only is null ? id => Name(connection, id) : null);

            var printed = new Dictionary<string, long>();
            foreach (var room in rooms)
            {
                printed[room.Id] = options.GetValue(since) ?? Math.Max(0, room.Head - options.GetValue(lines));
                await CatchUpAsync(connection, room.Id, printed, output, ct);
            }
            if (options.GetValue(follow))
                await FollowAsync(connection, only, printed, output, ct);
        });
        return command;
    }

    // Pages from the last printed number to the head.
    private static async Task CatchUpAsync(ChatConnection connection, string roomId, Dictionary<string, long> printed, EventOutput output, CancellationToken ct)
    {
        while (true)
        {
            var page = await connection.HistoryAsync(roomId, new PageRequest(After: printed[roomId]), ct);
            foreach (var e in page.Events)
            {
                await output.WriteAsync(e);
                printed[roomId] = e.Seq;
            }
            if (page.Events.Count == 0 || printed[roomId] >= page.Head)
                return;
        }
    }

    private static async Task FollowAsync(ChatConnection connection, Room? only, Dictionary<string, long> printed, EventOutput output, CancellationToken ct)
    {
        await foreach (var e in connection.Events(ct))
        {
            // What catching up has printed already comes once more, because it was live at the same time.
            if ((only is not null && e.RoomId != only.Id) || e.Seq <= printed.GetValueOrDefault(e.RoomId))
                continue;
            printed[e.RoomId] = e.Seq;
            await output.WriteAsync(e);
            if (only is not null && e.Type == EventTypes.Leave && e.Sender.Id == connection.Me?.Id)
                throw new ChatException(ErrorCodes.Forbidden, $"You are no longer in {RoomNames.Title(only)}.");
        }
        if (connection.Status is { State: ConnectionState.Failed } status)
            throw new ChatException(status.Refusal?.Code ?? ErrorCodes.Unauthenticated, status.Refusal?.Message ?? status.Reason);
    }

    private static string Name(ChatConnection connection, string roomId) =>
        connection.Rooms.TryGetValue(roomId, out var room) ? room.Name : roomId;
}
