using System.CommandLine;
using System.Globalization;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat transports</c>: tries each transport with a real call and says which work from here.</summary>
public static class TransportsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var url = new Argument<string?>("URL") { Description = "The server; left out, the same as for the other commands", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        url.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens.Count == 1)
                    Invocation.ParseServer(result.Tokens[0].Value);
            }
            catch (ChatException refusal)
            {
                result.AddError(refusal.Message);
            }
        });
        var command = new Command("transports", "Try each transport, and say which work from here; 0 if any does, else 6") { url, json };
        command.Runs(async (invocation, options, ct) =>
        {
            var elsewhere = options.GetValue(url) is { } text ? Invocation.ParseServer(text) : null;
            using var there = elsewhere is null ? invocation : invocation.At(elsewhere);
            var connection = there.ConnectionOptions();
            if (!options.GetValue(json))
                await invocation.Out.WriteLineAsync(Table.Row(("TRANSPORT", 12), ("WORKS", 5), ("OPENED", 9), ("ROUND TRIP", 10), ("", 0)));
            var works = false;
            foreach (var kind in Enum.GetValues<TransportKind>())
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
                patience.CancelAfter(invocation.Timeout);
                var report = await TryAsync(connection, kind, invocation.Timeout, patience.Token, ct);
                works |= report.Works;
                await invocation.Out.WriteLineAsync(options.GetValue(json)
                    ? Json.Line(new { transport = TransportNames.Name(kind), report.Works, openedMs = report.Opened?.TotalMilliseconds, roundTripMs = report.RoundTrip?.TotalMilliseconds, report.Detail })
                    : Table.Row((TransportNames.Name(kind), 12), (report.Works ? "yes" : "no", 5), (Milliseconds(report.Opened), 9), (Milliseconds(report.RoundTrip), 10), (TerminalText.Line(report.Detail), 0)));
            }
            return works ? ExitCodes.Ok : ExitCodes.Unavailable;
        });
        return command;
    }

    private static async Task<TransportReport> TryAsync(ChatOptions options, TransportKind kind, TimeSpan timeout, CancellationToken patience, CancellationToken ct)
    {
        try
        {
            return await TransportProbe.TryAsync(options, kind, patience);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new TransportReport(kind, false, null, null, $"nothing within {timeout.TotalSeconds:0.#} s");
        }
    }

    private static string Milliseconds(TimeSpan? time) => time is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{time.Value.TotalMilliseconds:0} ms");
}
