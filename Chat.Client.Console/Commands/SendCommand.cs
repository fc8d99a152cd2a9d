using System.CommandLine;
using System.Globalization;
using System.Threading.Channels;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat send</c>: messages from arguments or standard input; ends when every one of them is durable, or refused.</summary>
public static class SendCommand
{
    // Enough for full batches while earlier ones are on their way, and a bound on what memory holds.
    private const int MostUnacknowledged = 1_000;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var place = new Place();
        var id = new Option<string?>("--id")
        {
            Description = "A key of your own: sending again under the same key sends nothing twice. With several lines, the key of line N is KEY-N",
            HelpName = "KEY",
        };
        var whole = new Option<bool>("--whole") { Description = "Standard input is one message, not one message a line" };
        var json = new Option<bool>("--json") { Description = "Print what became of each message, one JSON object a line" };
        var text = new Argument<string[]>("TEXT") { Description = "The message; left out, messages are read from standard input", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("send", "Send messages, and wait until the server has them safely") { id, whole, json, text };
        place.AddTo(command, required: true);
        command.Validators.Add(result =>
        {
            if (result.GetValue(whole) && result.GetValue(text) is { Length: > 0 })
                result.AddError("--whole is about standard input; leave the text out.");
        });

        command.Runs(async (invocation, options, ct) =>
        {
            await using var connection = await invocation.ConnectAsync(ct);
            var room = (await invocation.WithinAsync(patience => place.FindAsync(connection, options, patience), ct))!;
            var sending = new Sending(invocation, connection, room.Id, options.GetValue(json));
            var key = options.GetValue(id);
            if (options.GetValue(text) is { Length: > 0 } words)
                return await sending.OneAsync(string.Join(' ', words), key, ct);

            using var input = Tty.OpenInput();
            return options.GetValue(whole)
                ? await sending.OneAsync(await InputMessages.WholeAsync(input, ct), key, ct)
                : await sending.ManyAsync(InputMessages.LinesAsync(input, ct), key, ct);
        });
        return command;
    }

    private sealed class Sending(Invocation invocation, ChatConnection connection, string roomId, bool json)
    {
        private int _acknowledged;
        private int _exitCode;

        public async Task<int> OneAsync(string body, string? key, CancellationToken ct)
        {
            await SettleAsync(Start(body, key, ct), label: null, ct);
            return _exitCode;
        }

        public async Task<int> ManyAsync(IAsyncEnumerable<(int Line, string Body)> messages, string? key, CancellationToken ct)
        {
            var underway = Channel.CreateBounded<(int Line, Task<SendResult> Sent)>(MostUnacknowledged);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var reading = ReadAsync();
            try
            {
                await foreach (var (line, sent) in underway.Reader.ReadAllAsync(ct))
                    await SettleAsync(sent, $"line {line}: ", ct);
            }
            finally
            {
                await stop.CancelAsync();
                await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await reading;
            return _exitCode;

            async Task ReadAsync()
            {
                try
                {
                    await foreach (var (line, body) in messages.WithCancellation(stop.Token))
                    {
                        var lineKey = key is null ? null : string.Create(CultureInfo.InvariantCulture, $"{key}-{line}");
                        await underway.Writer.WriteAsync((line, Start(body, lineKey, ct)), stop.Token);
                    }
                }
                finally
                {
                    // What was read before input failed is still sent; the failure is told after that.
                    underway.Writer.Complete();
                }
            }
        }

        private Task<SendResult> Start(string body, string? key, CancellationToken ct) => connection.SendAsync(roomId, body, clientId: key, ct: ct);

        private async Task SettleAsync(Task<SendResult> sent, string? label, CancellationToken ct)
        {
            try
            {
                var result = await sent.WaitAsync(invocation.Timeout, ct);
                _acknowledged++;
                if (json)
                    await invocation.Out.WriteLineAsync(Json.Line(result));
            }
            catch (ChatException refusal)
            {
                if (json)
                    await invocation.Out.WriteLineAsync(Json.Line(new SendResult { ClientId = null, Error = new SendError(refusal.Code, refusal.Message) }));
                Runner.Complain(refusal.Code, $"{label}{refusal.Message}");
                _exitCode = _exitCode == 0 ? ExitCodes.For(refusal.Code) : _exitCode;
            }
            catch (TimeoutException)
            {
                throw new ChatException(ErrorCodes.Unavailable, $"{Unsent()} No answer from {invocation.Server} for {invocation.Timeout.TotalSeconds:0.#} s.");
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                Runner.Complain("interrupted", Unsent());
                throw;
            }
        }

        private string Unsent() => $"{_acknowledged} acknowledged, {connection.Outbox.Count} not: those may or may not have been sent (--id KEY makes sending again harmless).";
    }
}
