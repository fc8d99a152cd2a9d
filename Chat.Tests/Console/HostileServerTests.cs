using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Client.Fakes;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Tests.Terminal;

/// <summary>Every command against a server that puts escape sequences into every text that it sends.</summary>
[TimeLimit(300)]
public sealed class HostileServerTests : IAsyncLifetime
{
    /// <summary>
    /// Sets the title, writes the clipboard and clears the screen, each in both spellings, and reverses the text behind
    /// it.
    /// </summary>
    private const string Evil = "x\u001b]0;owned\u0007\u001b]52;c;ZXZpbA==\u0007\u009b2J\u001b[2J\r\u202ey";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeServer.StartAsync();
        _server.AddRoom("room");
        _server.Rooms["room"].Evil = Evil;
        _server.Append("room", Evil, new UserRef("u", Evil));
        _server.Append("room", $"/me {Evil}", new UserRef("u", Evil));
        _server.Refuse = m => m.Body == "refuse" ? new SendError(Evil, Evil) : null;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task No_field_of_a_server_that_answers_reaches_the_terminal_as_it_is()
    {
        _server.Intercept = context => context.Request.Path.StartsWithSegments("/api/account")
            ? AnswerAsync(context, StatusCodes.Status200OK,
                new Session(new User("u-me", Evil, UserKind.Guest), "token", "refresh", 3600))
            : Task.FromResult(false);
        using var program = new ChatProgram(_server.Url);
        await CleanAsync(program, "guest", "me");

        string[][] commands =
        [
            ["rooms"], ["rooms", "--json"], ["rooms", "--public"], ["who"], ["who", "--json"],
            ["history", "--room", "room"],
            ["history", "--room", "room", "--json"], ["tail"], ["tail", "--room", "room", "--json"],
            ["send", "--room", "room", "hello"],
            ["send", "--room", "room", "--json", "refuse"], ["send", "--room", "nowhere", "x"],
            ["create", "a", "--json"], ["leave", "room"], ["join", "room"],
        ];
        foreach (var some in commands.Chunk(3))
            await Task.WhenAll(some.Select(command => CleanAsync(program, command)));
        await CleanAsync(program, "--plain", "--room", "room");
        await CleanAsync(program, "logout");
    }

    [Fact]
    public async Task No_field_of_a_refusal_reaches_the_terminal_as_it_is()
    {
        _server.Intercept = context =>
        {
            foreach (var header in (string[])["Server", "Via", "X-Powered-By"])
                context.Response.Headers[header] = "1.1 x"; // HTTP itself allows no control characters here
            return AnswerAsync(context, StatusCodes.Status403Forbidden,
                new { code = Evil, detail = Evil, title = Evil, status = Evil });
        };
        using var program = new ChatProgram(_server.Url);

        await CleanAsync(program, "guest", "me");
        foreach (var command in (string[][])[["login", "--name", "a", "--password-stdin"],
            ["register", "--name", "a", "--password-stdin"]])
            Check(command, await program.RunAsync("secret12\n", command, _ct));
        Check(["rooms"], await program.RunAsync(null, ["rooms", "--timeout", "3"], _ct, ("CHAT_TOKEN", "any")));
        await CleanAsync(program, "doctor", "--idle", "0", "--timeout", "2");
        await CleanAsync(program, "doctor", "--idle", "0", "--timeout", "2", "--json");
    }

    [Fact]
    public async Task A_hub_that_refuses_with_escape_sequences_is_shown_without_them()
    {
        _server.BeforeSync = () => throw new HubException($"forbidden: {Evil}");
        using var program = new ChatProgram(_server.Url);

        Check(["rooms"], await program.RunAsync(null, ["rooms", "--timeout", "3"], _ct, ("CHAT_TOKEN", "any")));
    }

    private async Task CleanAsync(ChatProgram program, params string[] command) =>
        Check(command, await program.RunAsync(_ct, command));

    private static void Check(string[] command, Ran ran)
    {
        foreach (var text in (string[])[ran.Output, ran.Errors])
        {
            var raw = text.FirstOrDefault(c => (char.IsControl(c) && c is not ('\n' or '\t')) || c == '\u202e');
            Assert.True(raw == default,
                $"chat {string.Join(' ', command)} wrote U+{(int)raw:X4}: {JsonSerializer.Serialize(text)}");
        }
    }

    private static async Task<bool> AnswerAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(body, ChatJson.Options);
        return true;
    }
}
