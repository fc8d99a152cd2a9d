using System.CommandLine;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat history</c>: one page of a room's log, or as many as it takes.</summary>
public static class HistoryCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var place = new Place();
        var before = new Option<long?>("--before") { Description = "Only events with a smaller number, the newest of them", HelpName = "N" };
        var after = new Option<long?>("--after") { Description = "Only events with a greater number, the oldest of them; 0 is the beginning", HelpName = "N" };
        var limit = new Option<int?>("--limit", "-n") { Description = $"Most events; {Limits.PageSize} if you do not say", HelpName = "COUNT" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("history", "Print older events of a room") { before, after, limit, json };
        place.AddTo(command, required: true);
        command.Validators.Add(result =>
        {
            if (result.GetValue(before) is not null && result.GetValue(after) is not null)
                result.AddError("Give --before or --after, not both.");
            if (result.GetValue(limit) < 1 || result.GetValue(before) < 1 || result.GetValue(after) < 0)
                result.AddError("--limit and --before take 1 or more, --after 0 or more.");
        });

        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var room = (await invocation.WithinAsync(patience => place.FindAsync(connection, options, patience), ct))!;
            var output = new EventOutput(invocation.Out, options.GetValue(json), invocation.Time.LocalTimeZone);
            var most = options.GetValue(limit) ?? Limits.PageSize;
            var pages = options.GetValue(after) is { } from
                ? Forwards(connection, room.Id, from, most, ct)
                : Backwards(connection, room.Id, options.GetValue(before), most, ct);
            await foreach (var e in pages)
                await output.WriteAsync(e);
        });
        return command;
    }

    private static async IAsyncEnumerable<ChatEvent> Forwards(
        ChatConnection connection, string roomId, long after, int left, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        while (left > 0)
        {
            var page = await connection.HistoryAsync(roomId, new PageRequest(After: after, Limit: Math.Min(left, Limits.PageSize)), ct);
            foreach (var e in page.Events)
                yield return e;
            left -= page.Events.Count;
            if (page.Events.Count == 0 || (after = page.Events[^1].Seq) >= page.Head)
                yield break;
        }
    }

    // The newest come first from the server and last on the output, so all the pages are collected before any is printed.
    private static async IAsyncEnumerable<ChatEvent> Backwards(
        ChatConnection connection, string roomId, long? before, int left, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var pages = new Stack<IReadOnlyList<ChatEvent>>();
        while (left > 0)
        {
            var page = await connection.HistoryAsync(roomId, new PageRequest(Before: before, Limit: Math.Min(left, Limits.PageSize)), ct);
            if (page.Events.Count == 0)
                break;
            pages.Push(page.Events);
            left -= page.Events.Count;
            before = page.Events[0].Seq;
            if (before == 1)
                break;
        }
        foreach (var e in pages.SelectMany(p => p))
            yield return e;
    }
}
