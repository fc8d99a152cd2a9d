using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

[TimeLimit(180)]
public sealed class SendTests(SharedServer server) : IClassFixture<SharedServer>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private static SendResult Result(string line) => JsonSerializer.Deserialize<SendResult>(line, ChatJson.Options)!;

    [Fact]
    public async Task Lines_are_messages_in_order_and_sending_again_under_the_same_key_sends_nothing_twice()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        Assert.Equal(new Ran(0, "", ""), await dora.RunAsync(_ct, "create", dora.Name));

        const string Input = "one\ntwo\r\n\n漢字 👩‍👩‍👧\nlast without end";
        string[] send = ["send", "--room", dora.Name, "--id", "K", "--json"];
        var first = await dora.RunAsync(Input, send, _ct);
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Equal(["K-1", "K-2", "K-4", "K-5"], first.Lines.Select(l => Result(l).ClientId));
        Assert.Equal(first, await dora.RunAsync(Input, send, _ct));

        var history = await dora.RunAsync(_ct, "history", "--room", dora.Name, "--json");
        Assert.Equal((0, ""), (history.ExitCode, history.Errors));
        Assert.Equal(
            ["one", "two", "漢字 👩‍👩‍👧", "last without end"],
            history.Lines.Select(l => JsonSerializer.Deserialize<ChatEvent>(l, ChatJson.Options)!).Where(e => e.Type == EventTypes.Message).Select(e => e.Body));

        var reused = await dora.RunAsync(_ct, "send", "--room", dora.Name, "--id", "K-1", "something", "else");
        Assert.Equal((7, ""), (reused.ExitCode, reused.Output));
        Assert.StartsWith("chat: key_reused: ", reused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_rooms_of_one_name_the_one_that_was_joined_first_is_meant_and_a_note_says_so()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        var made = new List<Room>();
        for (var i = 0; i < 2; i++)
        {
            var ran = await dora.RunAsync(_ct, "create", dora.Name, "--json");
            made.Add(JsonSerializer.Deserialize<Room>(ran.Lines.Single(), ChatJson.Options)!);
        }

        var sent = await dora.RunAsync(_ct, "send", "--room", dora.Name, "hello");

        Assert.Equal((0, ""), (sent.ExitCode, sent.Output));
        Assert.Contains(made[0].Id, sent.Errors, StringComparison.Ordinal);
        var history = await dora.RunAsync(_ct, "history", "--room", made[0].Id, "--json");
        Assert.Equal(("", 2), (history.Errors, history.Lines.Length));
        var left = await dora.RunAsync(_ct, "leave", dora.Name);
        Assert.StartsWith("chat: invalid: There are 2 rooms", left.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_or_the_whole_of_standard_input_are_one_message_to_a_person()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        using var dave = await new ChatProgram(server.Uri).SignInAsync(_ct);
        Assert.Equal(new Ran(0, "", ""), await dora.RunAsync(_ct, "send", "--to", dave.Name, "@all", "of", "this"));
        Assert.Equal(new Ran(0, "", ""), await dora.RunAsync("two\nlines", ["send", "--to", dave.Name, "--whole"], _ct));

        var read = await dave.RunAsync(_ct, "tail", "--to", dora.Name, "-n", "2");
        Assert.Equal([$"{dora.Name}: @all of this", $"{dora.Name}: two", "lines"], read.Lines.Skip(1).Select(l => l.StartsWith(' ') ? l.Trim() : l[6..]));
    }

    [Fact]
    public async Task A_line_that_is_refused_is_told_by_its_number_and_the_others_are_sent()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", dora.Name);
        var ran = await dora.RunAsync($"before\n{new string('x', 20_000)}\nafter\n", ["send", "--room", dora.Name], _ct);
        Assert.Equal((5, ""), (ran.ExitCode, ran.Output));
        Assert.StartsWith("chat: too_large: line 2: ", ran.Errors, StringComparison.Ordinal);
        var read = await dora.RunAsync(_ct, "tail", "--room", dora.Name, "-n", "2");
        Assert.Equal(["before", "after"], read.Lines.Skip(1).Select(l => l.Split(": ")[1]));
    }

    [Fact]
    public async Task A_public_room_that_I_am_not_in_is_refused_with_how_to_join_and_a_strange_one_is_not_found()
    {
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        using var dave = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", dora.Name);
        var refused = await dave.RunAsync(_ct, "send", "--room", dora.Name, "hi");
        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"chat join {dora.Name}", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "", ""), await dave.RunAsync(_ct, "join", dora.Name));
        Assert.Equal(new Ran(0, "", ""), await dave.RunAsync(_ct, "send", "--room", dora.Name, "hi"));
        Assert.Equal(4, (await dave.RunAsync(_ct, "send", "--room", "no-such-room", "hi")).ExitCode);
        Assert.Equal(4, (await dave.RunAsync(_ct, "send", "--to", "no-such-person", "hi")).ExitCode);
    }
}
