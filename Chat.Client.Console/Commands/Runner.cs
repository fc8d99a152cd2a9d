using System.CommandLine;
using System.Text;
using Chat.Client.Console.Interactive;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>Runs a command so that every end of it has its exit code, and its reason on standard error as <c>chat: code: text</c>.</summary>
public static class Runner
{
    /// <summary>Makes this what the command does.</summary>
    public static void Runs(this Command command, Func<Invocation, ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(options => RunAsync(options, work));

    /// <summary>Makes this what the command does; done without an exception is 0.</summary>
    public static void Runs(this Command command, Func<Invocation, ParseResult, CancellationToken, Task> work) =>
        command.Runs(async (invocation, options, ct) =>
        {
            await work(invocation, options, ct);
            return ExitCodes.Ok;
        });

    /// <summary>Says what went wrong.</summary>
    public static void Complain(string code, string text) =>
        Tty.Error.WriteLine($"chat: {code}: {TerminalText.Line(text)}");

    /// <summary>The same, and where the client itself has more to say than fits a line, the rest below it.</summary>
    public static void Complain(ChatException refusal)
    {
        var lines = refusal.Code == CertificateTrust.ErrorCode ? refusal.Message.Split('\n') : [refusal.Message];
        Complain(refusal.Code, lines[0]);
        foreach (var line in lines[1..])
            Tty.Error.WriteLine($"  {TerminalText.Line(line)}");
    }

    private static async Task<int> RunAsync(ParseResult options, Func<Invocation, ParseResult, CancellationToken, Task<int>> work)
    {
        using var signals = new Signals();
        await using var output = Tty.OpenOutput();
        try
        {
            using var invocation = new Invocation(options, output);
            return await work(invocation, options, signals.Stop);
        }
        catch (ChatException refusal)
        {
            Complain(refusal);
            return ExitCodes.For(refusal.Code);
        }
        catch (DecoderFallbackException)
        {
            Complain(ErrorCodes.Invalid, "Standard input is not UTF-8.");
            return ExitCodes.Invalid;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return signals.ExitCode;
        }
        catch (IOException gone) when (Tty.IsClosed(gone))
        {
            return ExitCodes.OutputClosed;
        }
        catch (Exception unforeseen) when (Environment.GetEnvironmentVariable("CHAT_TRACE") is null or "")
        {
            Complain("unexpected", $"{unforeseen.Message} (CHAT_TRACE=1 shows where)");
            return ExitCodes.Unexpected;
        }
    }
}
