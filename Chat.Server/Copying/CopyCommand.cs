using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Copying;

/// <summary>
/// <c>Chat.Server copy --from "…" --to "…"</c>: moves everything from one database to another, of the same kind or not. Progress goes to standard error,
/// the comparison at the end to standard output.
/// </summary>
public static class CopyCommand
{
    /// <summary>What the first argument says to get here rather than to a server.</summary>
    public const string Name = "copy";

    /// <summary>Everything was copied and compared.</summary>
    public const int Done = 0;

    /// <summary>It was not; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>Not called like that: <c>EX_USAGE</c> of sysexits.h.</summary>
    public const int Usage = 64;

    /// <param name="args">What follows <see cref="Name"/>.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        return await RunAsync(args, Console.Out, Console.Error, stop.Token);
    }

    /// <summary>The same, without a process around it.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress, CancellationToken cancellation)
    {
        var (from, to) = args switch
        {
            ["--from", var first, "--to", var second] => (first, second),
            ["--to", var second, "--from", var first] => (first, second),
            _ => (null, null),
        };
        if (from is null || to is null)
        {
            await progress.WriteLineAsync(
                """
                Chat.Server copy --from "CONNECTION STRING" --to "CONNECTION STRING"
                Copies accounts, sign-ins, keys, rooms and events. No server may use either database meanwhile. Interrupted, it goes on where it was.
                """);
            return Usage;
        }
        try
        {
            return await new DatabaseCopy(At("--from", from), At("--to", to), output, progress).RunAsync(cancellation) ? Done : Failed;
        }
        catch (Exception e) when (e is CopyException or StartException)
        {
            return await SayAsync(e.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return await SayAsync("interrupted; the same command goes on from here");
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            return await SayAsync($"{DatabaseErrors.Describe(e)}; the same command goes on from here");
        }

        async Task<int> SayAsync(string message)
        {
            await progress.WriteLineAsync($"Chat cannot copy: {message}");
            return Failed;
        }
    }

    private static ChatDatabase At(string option, string connectionString)
    {
        try
        {
            // A connection that waits in a pool would look like a server's, and hold a file that is wanted alone.
            return ChatDatabase.At($"{connectionString};Pooling=False");
        }
        catch (ArgumentException e)
        {
            throw new CopyException($"{option} is not a usable connection string: {e.Message}");
        }
    }
}

/// <summary>Why a copy cannot be made, in a sentence for the operator.</summary>
internal sealed class CopyException(string message) : Exception(message);
