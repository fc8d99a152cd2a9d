using System.CommandLine;
using Chat.Client.Console.Profile;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat login</c>, <c>register</c>, <c>guest</c> and <c>logout</c>.</summary>
public static class AccountCommands
{
    /// <summary>The commands.</summary>
    public static IEnumerable<Command> All()
    {
        yield return WithPassword("login", "Sign in with a name and a password",
            (accounts, name, password, device, ct) => accounts.LoginAsync(name, password, device, ct));
        yield return WithPassword("register", "Make an account with a name and a password, and sign in",
            (accounts, name, password, _, ct) => accounts.RegisterAsync(name, password, ct));
        yield return Guest();
        yield return Logout();
    }

    /// <summary>Keeps a session in the profile, as the one for this server.</summary>
    public static Task KeepAsync(Invocation invocation, Session session, CancellationToken ct) =>
        invocation.Profile.ChangeAsync(
            before => before.With(invocation.Server, StoredSession.From(session, invocation.Time.GetUtcNow()))
                .WithDevice(invocation.Server, session.DeviceToken), ct);

    private static Command WithPassword(string verb, string description,
        Func<AccountClient, string, string, string?, CancellationToken, Task<Session>> call)
    {
        var name = new Option<string?>("--name", "-n") { Description = "Your name; asked for if it is left out", HelpName = "NAME" };
        var passwordStdin = new Option<bool>("--password-stdin") { Description = "Read the password from the first line of standard input instead of asking for it" };
        var command = new Command(verb, description) { name, passwordStdin };
        command.Runs(async (invocation, options, ct) =>
        {
            await invocation.KeepTrustAsync(ct);
            var fromInput = options.GetValue(passwordStdin);
            var who = options.GetValue(name) ?? (Tty.InputIsTerminal && !fromInput ? Tty.Ask("Name: ") : null)
                ?? throw new ChatException(ExitCodes.UsageCode, "Give your name with --name.");
            var password = fromInput ? await FirstLineAsync(ct)
                : Tty.InputIsTerminal ? Tty.AskSecret("Password: ")
                : throw new ChatException(ExitCodes.UsageCode, "There is no terminal to ask for a password: use --password-stdin.");
            var device = invocation.Profile.Read().Devices.GetValueOrDefault(invocation.Server.AbsoluteUri);
            var session = await invocation.WithinAsync(patience =>
                call(invocation.Accounts, who.Trim(), password, device, patience), ct);
            await KeepAsync(invocation, session, ct);
        });
        return command;
    }

    private static Command Guest()
    {
        var name = new Argument<string>("NAME") { Description = "The name to go by" };
        var command = new Command("guest", "Sign in under a name without a password") { name };
        command.Runs(async (invocation, options, ct) =>
        {
            await invocation.KeepTrustAsync(ct);
            await KeepAsync(invocation, await invocation.WithinAsync(patience => invocation.Accounts.GuestAsync(options.GetValue(name)!, patience), ct), ct);
        });
        return command;
    }

    private static Command Logout()
    {
        var command = new Command("logout", "Sign out, and forget the tokens");
        command.Runs(async (invocation, options, ct) =>
        {
            if (invocation.Profile.Read().On(invocation.Server) is null)
                throw new ChatException(ErrorCodes.Unauthenticated, $"Not signed in to {invocation.Server}.");
            await invocation.KeepTrustAsync(ct);
            var tokens = new ProfileTokens(invocation.Profile, invocation.Server, invocation.Accounts, invocation.Time);
            try
            {
                await invocation.WithinAsync(async patience => await invocation.Accounts.LogoutAsync((await tokens.GetAsync(patience))!, patience), ct);
            }
            catch (ChatException refusal) when (refusal.Code == ErrorCodes.Unauthenticated)
            {
                // The session was over already.
            }
            catch (ChatException refusal)
            {
                Tty.Error.WriteLine(
                    $"chat: {refusal.Code}: {refusal.Message} The tokens are forgotten here; the server may still "
                        + "honour them until they end.");
            }
            await invocation.Profile.ChangeAsync(before => before.Without(invocation.Server), ct);
        });
        return command;
    }

    private static async Task<string> FirstLineAsync(CancellationToken ct) =>
        await Tty.OpenInput().ReadLineAsync(ct) ?? throw new ChatException(ErrorCodes.Invalid, "Standard input holds no password.");
}
