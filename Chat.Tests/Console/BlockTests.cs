using System.Diagnostics;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

/// <summary>Blocking from the terminal, line by line.</summary>
[TimeLimit(180)]
public sealed class BlockTests(SharedServer server) : IClassFixture<SharedServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_a_blocked_person_are_folded_here_and_in_the_terminal_of_another_device()
    {
        var name = $"dora{Environment.ProcessId}";
        using var dora = await SignInAsync("register", name);
        using var elsewhere = await SignInAsync("login", name);
        using var dave = await new ChatProgram(server.Uri).SignInAsync(_ct);
        var room = $"fold{Environment.ProcessId}";
        await dave.RunAsync(_ct, "create", room);
        await dora.RunAsync(_ct, "join", room);
        await dave.RunAsync(_ct, "send", "--to", name, "psst");
        using var there = elsewhere.Start(["--plain", "--room", room]);
        using var here = dora.Start(["--plain", "--room", room]);
        try
        {
            await dave.RunAsync(_ct, "send", "--room", room, "before");
            await ReadsAsync(there, "before");
            await ReadsAsync(here, "before");

            await here.StandardInput.WriteLineAsync($"/block {dave.Name}");
            await ReadsAsync(here, "is blocked and does not notice");

            // The other device asks when its direct room goes; until then it shows what comes.
            const string fold = "somebody you blocked";
            var folded = Task.WhenAll(ReadsAsync(here, fold), ReadsAsync(there, fold));
            while (!folded.IsCompleted)
                await dave.RunAsync(_ct, "send", "--room", room, "after");
            await folded;

            await here.StandardInput.WriteLineAsync($"/unblock {dave.Name}");
            await ReadsAsync(here, "is no longer blocked");
        }
        finally
        {
            here.Kill();
            there.Kill();
        }
    }

    private async Task<ChatProgram> SignInAsync(string how, string name)
    {
        var program = new ChatProgram(server.Uri);
        var ran = await program.RunAsync("a long enough passphrase\n", [how, "--name", name, "--password-stdin"], _ct);
        Assert.Equal(new Ran(0, "", ""), ran);
        return program;
    }

    private async Task ReadsAsync(Process program, string text)
    {
        while (await program.StandardOutput.ReadLineAsync(_ct) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"it ended before it said: {text}; {await program.StandardError.ReadToEndAsync(_ct)}");
    }
}
