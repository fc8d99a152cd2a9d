using System.Threading.Channels;
using Chat.Client.Console.Commands;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Plain;

/// <summary>
/// The conversation line by line: each event is one line, everything of the program's own begins with <c>--</c>.
/// Nothing moves, nothing is coloured, nothing is drawn again: fit for a screen reader, a dumb terminal or a pipe.
/// </summary>
public sealed class PlainChat
{
    private readonly Channel<Action> _loop = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Invocation _invocation;
    private readonly ChatConnection _connection;
    private readonly Conversation _conversation;
    private readonly PlainOutput _output;

    /// <summary>A conversation over a connection that is not started yet.</summary>
    public PlainChat(Invocation invocation, ChatConnection connection)
    {
        _invocation = invocation;
        _connection = connection;
        _conversation = new Conversation(connection, invocation.Time);
        _output = new PlainOutput(_conversation, invocation.Out);
    }

    /// <summary>Runs until <c>/quit</c>, the end of input, or cancellation (which it throws).</summary>
    public async Task RunAsync(string? first, bool direct, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var context = new LoopContext(action => _loop.Writer.TryWrite(action));
        _conversation.Quitting += end.Cancel;
        Exception? failure = null;
        context.Post(_ => _ = GuardedAsync(() => _conversation.RunAsync(first, direct, end.Token)), null);
        context.Post(_ => _ = GuardedAsync(() => ReadInputAsync(end.Token)), null);
        try
        {
            await foreach (var action in _loop.Reader.ReadAllAsync(end.Token))
                action();
        }
        catch (OperationCanceledException)
        {
        }
        ct.ThrowIfCancellationRequested();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);

        async Task GuardedAsync(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception unforeseen)
            {
                failure ??= unforeseen;
            }
            await end.CancelAsync();
        }
    }

    private async Task ReadInputAsync(CancellationToken ct)
    {
        using var input = Tty.OpenInput();
        var message = "";
        // A read of a terminal blocks its thread and cannot be cancelled.
        while (await Task.Run(input.ReadLine, ct).WaitAsync(ct) is { } line)
        {
            // A backslash at the end goes on in the next line.
            if (line.EndsWith('\\'))
            {
                message += line[..^1] + "\n";
                continue;
            }
            message += line;
            await TakeAsync(message);
            message = "";
        }
        await _conversation.Ready;
        await SentAsync(ct);
    }

    private async Task TakeAsync(string input)
    {
        if (input.EndsWith('\t'))
        {
            Complete(input.TrimEnd('\t'));
            return;
        }
        var entered = Entered.Parse(input);
        var atOnce = entered is Entered.Command { What.Name: "quit" or "help" or "status" or "reconnect" or "transport" };
        if (!atOnce)
            await _conversation.Ready;
        var done = _conversation.SubmitAsync(input);
        // A message is queued by now and may wait for the server; what follows a command may depend on it.
        if (entered is Entered.Command)
            await done;
    }

    private void Complete(string input) =>
        _output.Note(Completion.At(input, input.Length, _conversation.CompletionNames()) is { } completion
            ? string.Join(", ", completion.Candidates.Select(c => c.Trim()))
            : "Nothing fits.");

    // At the end of input: everything that was said is acknowledged, or the person's patience ends.
    private async Task SentAsync(CancellationToken ct)
    {
        var empty = new TaskCompletionSource();
        void Look()
        {
            if (_connection.Outbox.Count == 0)
                empty.TrySetResult();
        }
        _connection.OutboxChanged += Look;
        Look();
        try
        {
            await empty.Task.WaitAsync(_invocation.Timeout, ct);
        }
        catch (TimeoutException)
        {
            throw new ChatException(ErrorCodes.Unavailable, $"{_invocation.Server} did not take everything within {_invocation.Timeout.TotalSeconds:0.#} s.");
        }
        finally
        {
            _connection.OutboxChanged -= Look;
        }
    }
}
