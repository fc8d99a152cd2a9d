using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Chat.Client.Console.Interactive;
using Chat.Client.Console.Plain;
using Chat.Client.Console.Profile;
using Chat.Client.Console.Screen;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat</c> by itself: the conversation, on a full screen or line by line.</summary>
public static class ChatCommand
{
    /// <summary>Makes it what the root command does.</summary>
    public static void AddTo(RootCommand root)
    {
        var place = new Place();
        place.AddTo(root, required: false);
        root.Runs(async (invocation, options, ct) =>
        {
            await invocation.KeepTrustAsync(ct);
            if (!invocation.IsSignedIn)
                await BecomeGuestAsync(invocation, ct);
            var connection = Open(invocation, out var outboxIsKept);
            var first = options.GetValue(place.ToOption) ?? options.GetValue(place.RoomOption);
            var direct = options.GetValue(place.ToOption) is not null;
            try
            {
                if (invocation.Plain || !Tty.IsScreen)
                    await new PlainChat(invocation, connection).RunAsync(first, direct, ct);
                else
                    await ChatScreen.RunAsync(connection, invocation, first, direct, ct);
                return ExitCodes.Ok;
            }
            finally
            {
                var unsent = connection.Outbox.Count;
                await connection.DisposeAsync();
                if (unsent > 0)
                    await Tty.Error.WriteLineAsync(
                        $"chat: {unsent} of your messages were not sent. " + (outboxIsKept
                            ? "They are kept, and sent when you start chat the next time." : "They are lost."));
            }
        });
    }

    private static async Task BecomeGuestAsync(Invocation invocation, CancellationToken ct)
    {
        if (!Tty.InputIsTerminal)
            throw new ChatException(ErrorCodes.Unauthenticated, $"Not signed in to {invocation.Server}: use chat login, chat register or chat guest NAME.");
        await Tty.Error.WriteLineAsync(
            $"You are not signed in to {invocation.Server}. Choose a name to come in as a guest, or leave it empty and "
                + "use chat login or chat register.");
        while (true)
        {
            // A terminal's read cannot be cancelled; the program ends all the same when a signal asks for it.
            var name = await Task.Run(() => Tty.Ask("Name: "), CancellationToken.None).WaitAsync(ct);
            if (string.IsNullOrWhiteSpace(name))
                throw new ChatException(ErrorCodes.Unauthenticated, "No name, no conversation.");
            try
            {
                await AccountCommands.KeepAsync(invocation, await invocation.WithinAsync(patience => invocation.Accounts.GuestAsync(name.Trim(), patience), ct), ct);
                return;
            }
            catch (ChatException refusal) when (refusal.Code is ErrorCodes.NameTaken or ErrorCodes.Invalid)
            {
                await Tty.Error.WriteLineAsync(TerminalText.Line(refusal.Message));
            }
        }
    }

    // Unsent messages outlive the program in a file of their own per server and person, so that nobody sends as somebody else.
    private static ChatConnection Open(Invocation invocation, out bool outboxIsKept)
    {
        var options = invocation.ConnectionOptions();
        outboxIsKept = Invocation.TokenFromEnvironment is null;
        if (!outboxIsKept)
            return new ChatConnection(options);
        var owner = SHA256.HashData(Encoding.UTF8.GetBytes($"{invocation.Server}\n{invocation.Profile.Read().On(invocation.Server)!.User.Id}"));
        try
        {
            return new ChatConnection(options with { OutboxFile = ProfileFolder.File($"outbox-{Convert.ToHexStringLower(owner.AsSpan(0, 8))}") });
        }
        catch (IOException)
        {
            // Another chat of the same person has it; two of them is one more than the file can serve.
            outboxIsKept = false;
            return new ChatConnection(options);
        }
    }
}
