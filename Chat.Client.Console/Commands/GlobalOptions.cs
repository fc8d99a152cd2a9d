using System.CommandLine;
using Chat.Client.Console.Interactive;
using Chat.Client.Console.Profile;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>Options that every command takes.</summary>
public static class GlobalOptions
{
    /// <summary>Which server.</summary>
    public static readonly Option<string?> Server = new("--server", "-s")
    {
        Description = "The server's address. Default: CHAT_SERVER, else the one you signed in to last, else http://localhost:5000",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary>Which transport.</summary>
    public static readonly Option<string> Transport = new("--transport")
    {
        Description = "auto (the best that works), websockets, sse or longpolling",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
        Recursive = true,
    };

    /// <summary>Which account.</summary>
    public static readonly Option<string> Profile = new("--profile", "-p")
    {
        Description = "Which of your accounts, for those who have several",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
        Recursive = true,
    };

    /// <summary>How long to wait for the server.</summary>
    public static readonly Option<double> Timeout = new("--timeout")
    {
        Description = "Give up (exit code 6) when the server has not answered for so many seconds; 0 waits for ever",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
        Recursive = true,
    };

    /// <summary>Which certificate.</summary>
    public static readonly Option<string?> Pin = new("--pin")
    {
        Description = "Trust only a certificate whose key has this SHA-256 fingerprint, which the server prints at its start; kept for this server. none: forget it",
        HelpName = "FINGERPRINT",
        Recursive = true,
    };

    /// <summary>Whose certificates.</summary>
    public static readonly Option<string?> Authority = new("--ca", "--cacert")
    {
        Description = "Trust only certificates from the authorities in this PEM file; kept for this server. none: forget it",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Line by line.</summary>
    public static readonly Option<bool> Plain = new("--plain")
    {
        Description = "Line by line instead of a full screen: for screen readers, dumb terminals and pipes",
        Recursive = true,
    };

    /// <summary>Adds them to the root command.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Server);
        root.Options.Add(Transport);
        root.Options.Add(Profile);
        root.Options.Add(Timeout);
        root.Options.Add(Pin);
        root.Options.Add(Authority);
        root.Options.Add(Plain);
        Check(Server, text => Invocation.ParseServer(text!));
        Check(Transport, text => TransportNames.Parse(text));
        Check(Pin, text => StoredTrust.Of(pin: text));
        Check(Profile, text => ProfileFolder.Checked(text));
        root.Validators.Add(result =>
        {
            if (result.GetValue(Pin) is not null && result.GetValue(Authority) is not null)
                result.AddError("--pin or --ca, not both.");
        });
        Timeout.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() is >= 0 and <= 1e6))
                result.AddError("--timeout takes seconds, 0 or more.");
        });
    }

    private static void Check<T>(Option<T> option, Action<T> check) => option.Validators.Add(result =>
    {
        try
        {
            if (result.Tokens.Count == 1)
                check(result.GetValueOrDefault<T>()!);
        }
        catch (ChatException refusal)
        {
            result.AddError(refusal.Message);
        }
    });
}
