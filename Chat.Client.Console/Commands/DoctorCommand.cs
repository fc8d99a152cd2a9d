using System.CommandLine;
using Chat.Client.Console.Doctor;
using Chat.Client.Console.Doctor.Output;
using Chat.Client.Console.Profile;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary><c>chat doctor</c>: what works and what does not between here and a server, and what to change.</summary>
public static class DoctorCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var url = new Argument<string?>("URL") { Description = "The server; left out, the same as for the other commands", Arity = ArgumentArity.ZeroOrOne };
        var idle = new Option<double>("--idle") { Description = "How long all transports are left idle, at the same time; 0 leaves that out", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        var messages = new Option<int>("--messages") { Description = "How many test messages are timed", HelpName = "COUNT", DefaultValueFactory = _ => 30 };
        var token = new Option<string?>("--token") { Description = "An access token to try with, instead of a guest made for it; CHAT_TOKEN does not show it to the other users of this machine", HelpName = "TOKEN" };
        var product = new Option<string?>("--for") { Description = "Only the lines for this proxy: nginx, HAProxy, Caddy, Apache or IIS", HelpName = "PROXY" };
        var json = new Option<bool>("--json") { Description = "One JSON object" };
        url.Validators.Add(result => Invalid(result.Tokens is [{ Value: var text }] ? () => Invocation.ParseServer(text) : null, result.AddError));
        idle.Validators.Add(result => Invalid(result.GetValueOrDefault<double>() is >= 0 and <= 86_400 ? null : () => throw new ChatException(ErrorCodes.Invalid, "--idle takes seconds, 0 to 86400."), result.AddError));
        messages.Validators.Add(result => Invalid(result.GetValueOrDefault<int>() is >= 5 and <= 1000 ? null : () => throw new ChatException(ErrorCodes.Invalid, "--messages takes 5 to 1000."), result.AddError));
        product.AcceptOnlyFromAmong("nginx", "haproxy", "caddy", "apache", "iis", "HAProxy", "Caddy", "Apache", "IIS");
        var command = new Command("doctor", "Find out what works between here and the server, and what to change; takes about a minute and a half. 0 all fine, 1 works with faults, 3 nobody to try with, 6 does not work, 8 a certificate that is not trusted")
        {
            url, idle, messages, token, product, json,
        };
        command.Runs(async (invocation, options, ct) =>
        {
            var elsewhere = options.GetValue(url) is { } text ? Invocation.ParseServer(text) : null;
            using var there = elsewhere is null ? invocation : invocation.At(elsewhere);
            var asked = Options(there, options.GetValue(token), options.GetResult(GlobalOptions.Profile) is { Implicit: false }) with
            {
                Idle = TimeSpan.FromSeconds(options.GetValue(idle)),
                Messages = options.GetValue(messages),
                Patience = options.GetResult(GlobalOptions.Timeout) is { Implicit: false } ? there.Timeout is { Ticks: > 0 } limit ? limit : TimeSpan.FromMinutes(1) : s_patience,
            };
            var report = options.GetValue(json)
                ? await Examination.RunAsync(asked, _ => { }, _ => { }, ct)
                : await ShowAsync(invocation, asked, options.GetValue(product), ct);
            if (options.GetValue(json))
                await invocation.Out.WriteLineAsync(ReportJson.Line(asked.Server, report));
            return report.Verdict.Health switch
            {
                Health.Fine => ExitCodes.Ok,
                Health.Faulty => ExitCodes.Faulty,
                Health.NoAccount => ExitCodes.Unauthenticated,
                Health.Broken when report.Findings.Any(f => f is { Level: Level.Fail, Fault: Faults.SelfSigned or Faults.Expired or Faults.WrongName or Faults.Intercepted }) => ExitCodes.Untrusted,
                _ => ExitCodes.Unavailable,
            };
        });
        return command;
    }

    /// <summary>A token that was given counts before a profile that was named, and that before a guest.</summary>
    private static DoctorOptions Options(Invocation there, string? token, bool profileIsNamed)
    {
        var options = new DoctorOptions { Server = there.Server, Trust = there.Trust };
        if ((token ?? Invocation.TokenFromEnvironment) is { } given)
            return options with { Token = _ => ValueTask.FromResult<string?>(given) };
        var signedIn = there.IsSignedIn ? new ProfileTokens(there.Profile, there.Server, there.Accounts, there.Time) : null;
        return profileIsNamed && signedIn is not null ? options with { Token = signedIn.GetAsync } : options with { TokenIfNoGuests = signedIn is null ? null : signedIn.GetAsync };
    }

    private static async Task<Report> ShowAsync(Invocation invocation, DoctorOptions asked, string? product, CancellationToken ct)
    {
        var writer = ReportWriter.For(invocation);
        writer.Note($"{asked.Server}: test messages go to a private room that is left again.");
        Report report;
        if (Tty.OutputIsTerminal && !invocation.Plain)
        {
            await using var status = new StatusLine(invocation.Out, !Tty.NoColour);
            report = await Examination.RunAsync(asked, status.Show, finding => status.Above(() => writer.Finding(finding, ReportText.CheckColumn)), ct);
        }
        else
        {
            report = await Examination.RunAsync(asked, SayTheLongOnes, finding => writer.Finding(finding, ReportText.CheckColumn), ct);
        }
        ReportText.Write(writer, report, asked.Idle, product);
        return report;
    }

    // The short ones are over before anybody could read about them.
    private static void SayTheLongOnes(Step step)
    {
        if (step.Lasts is { } lasts)
            Tty.Error.WriteLine($"chat: {step.Doing}, {lasts.TotalSeconds:0.#} s");
    }

    private static void Invalid(Action? check, Action<string> complain)
    {
        try
        {
            check?.Invoke();
        }
        catch (ChatException refusal)
        {
            complain(refusal.Message);
        }
    }
}
