using Chat.Contracts;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

[TimeLimit(180)]
public sealed class ProgramTests(SharedServer server) : IClassFixture<SharedServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("send", "hello")]
    [InlineData("send", "--room", "a", "--to", "b", "hello")]
    [InlineData("tail", "--since", "3")]
    [InlineData("history", "--room", "a", "--before", "1", "--after", "2")]
    [InlineData("rooms", "--transport", "pigeon")]
    [InlineData("rooms", "--server", "ftp://x")]
    [InlineData("rooms", "--profile", "../../etc")]
    [InlineData("nosuch")]
    [InlineData("login")]
    public async Task A_command_line_that_is_not_understood_is_2_with_its_reason_and_nothing_on_standard_output(params string[] arguments)
    {
        using var program = new ChatProgram(server.Uri);
        var ran = await program.RunAsync(_ct, arguments);
        Assert.Equal((2, ""), (ran.ExitCode, ran.Output));
        Assert.StartsWith("chat: usage: ", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_signing_in_it_is_3_and_an_unreachable_server_is_6()
    {
        using var program = new ChatProgram(server.Uri);
        Assert.Equal(3, (await program.RunAsync(_ct, "rooms")).ExitCode);
        Assert.Equal(3, (await program.RunAsync(_ct)).ExitCode);
        using var nowhere = new ChatProgram(new Uri($"http://127.0.0.1:{FreePort.Find()}"));
        var ran = await nowhere.RunAsync(null, ["rooms", "--timeout", "1"], _ct, ("CHAT_TOKEN", "any"));
        Assert.Equal((6, ""), (ran.ExitCode, ran.Output));
        Assert.StartsWith("chat: unavailable: ", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_environment_is_enough_and_a_forged_one_is_refused()
    {
        var person = await Person.SignUpAsync(server.Uri, _ct);
        var room = await person.CreateRoomAsync(_ct);
        using var program = new ChatProgram(server.Uri);
        var ran = await program.RunAsync(null, ["rooms"], _ct, ("CHAT_TOKEN", person.Token));
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains(room.Name, ran.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(program.Home, "chat", "default.json")));

        var forged = await program.RunAsync(null, ["rooms"], _ct, ("CHAT_TOKEN", "forged"));
        Assert.Equal((3, ""), (forged.ExitCode, forged.Output));
        Assert.StartsWith("chat: unauthenticated: ", forged.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_made_and_signed_in_to_with_a_password_from_standard_input()
    {
        using var first = new ChatProgram(server.Uri);
        var name = $"member{Environment.ProcessId}";
        Assert.Equal(new Ran(0, "", ""), await first.RunAsync("a long enough passphrase\n", ["register", "--name", name, "--password-stdin"], _ct));
        Assert.Equal(7, (await first.RunAsync("another passphrase\n", ["register", "--name", name, "--password-stdin"], _ct)).ExitCode);

        using var second = new ChatProgram(server.Uri);
        Assert.Equal(3, (await second.RunAsync("wrong passphrase\n", ["login", "--name", name, "--password-stdin"], _ct)).ExitCode);
        Assert.Equal(new Ran(0, "", ""), await second.RunAsync("a long enough passphrase\n", ["login", "--name", name, "--password-stdin"], _ct));
        Assert.Equal(0, (await second.RunAsync(_ct, "rooms")).ExitCode);
        Assert.Equal(new Ran(0, "", ""), await second.RunAsync(_ct, "logout"));
        Assert.Equal(3, (await second.RunAsync(_ct, "rooms")).ExitCode);
    }

    [Fact]
    public async Task Every_transport_can_be_chosen()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        foreach (var transport in new[] { "websockets", "sse", "longpolling" })
            Assert.Equal(0, (await dora.RunAsync(_ct, "rooms", "--transport", transport)).ExitCode);
    }

    [Fact]
    public async Task In_a_pipe_the_conversation_goes_line_by_line_and_everything_said_is_sent_before_it_ends()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        using var dave = await new ChatProgram(server.Uri).SignInAsync(_ct);
        var typed = $"/create {dora.Name}\nhello\ntwo\\\nlines\n/me waves\n/nosuch\n/invite {dave.Name}\n/wh\t\n/who\n";
        var ran = await dora.RunAsync(typed, ["--transport", "websockets"], _ct, ("NO_COLOR", "1"));
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.DoesNotContain('\u001b', ran.Output);
        Assert.Contains("-- connected over WebSockets", ran.Lines);
        Assert.Contains(ran.Lines, l => l.StartsWith("-- There is no /nosuch.", StringComparison.Ordinal));
        Assert.Contains("-- /who", ran.Lines);
        Assert.Contains(ran.Lines, l => l.StartsWith($"-- In #{dora.Name}: ", StringComparison.Ordinal) && l.Contains(dave.Name, StringComparison.Ordinal));

        var log = await dave.RunAsync(_ct, "tail", "--room", dora.Name);
        Assert.Equal(["hello", "two"], log.Lines.Where(l => l.Contains($"{dora.Name}: ", StringComparison.Ordinal)).Select(l => l.Split(": ")[1]));
        Assert.Contains(log.Lines, l => l.EndsWith($"* {dora.Name} waves", StringComparison.Ordinal));
    }
}
