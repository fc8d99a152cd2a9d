using Chat.Contracts;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

/// <summary>The full screen as a person sees it.</summary>
[TimeLimit(240)]
public sealed class ScreenTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private static Task<Tmux> OpenAsync(ChatProgram program, Uri server, int columns = 100, int rows = 30, string arguments = "", string environment = "") =>
        Tmux.OpenAsync($"env XDG_CONFIG_HOME={program.Home} CHAT_SERVER={server} TZ=UTC {environment} dotnet {ChatProgram.Path} {arguments}; echo ended with $?; exec sleep 600", columns, rows);

    [Fact]
    public async Task Two_people_talk_and_everything_promised_is_on_the_screen()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        using var dave = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", "ops", "--topic", "Operations 漢字");
        await dave.RunAsync(_ct, "join", "ops");
        await dave.RunAsync(string.Join('\n', Enumerable.Range(1, 90).Select(n => $"old {n}.")), ["send", "--room", "ops"], _ct);
        await dave.RunAsync(_ct, "send", "--to", dora.Name, "psst");

        // By itself it would take another transport where the machine is so busy that this one takes seconds.
        await using var screen = await OpenAsync(dora, server.Uri, arguments: "--room ops --transport websockets");
        var shown = await screen.SeesAsync("old 90.", _ct);
        Assert.Contains("#ops – Operations 漢字", shown.Split('\n')[0], StringComparison.Ordinal);
        await screen.SeesAsync("● connected over WebSockets", _ct);

        // History on scrolling up, and back.
        Assert.DoesNotContain("old 1.", shown, StringComparison.Ordinal);
        await screen.PressAsync("C-Home");
        await screen.SeesAsync(s => s.Contains("old 1.", StringComparison.Ordinal) && s.Contains("The beginning of the room", StringComparison.Ordinal), _ct);
        await screen.PressAsync("C-End");
        await screen.SeesAsync("old 90.", _ct);

        // Several lines, an emoji, a paste.
        await screen.TypeAsync("first 漢字");
        await screen.PressAsync("M-Enter");
        await screen.TypeAsync("second");
        await screen.PressAsync("C-j");
        await screen.PasteAsync("pasted 1\npasted 2");
        await screen.SeesAsync("  pasted 2", _ct);
        await screen.PressAsync("Enter");
        await screen.SeesAsync(s => s.Contains($"{dora.Name}: first 漢字", StringComparison.Ordinal) && s.Split('\n')[^3].StartsWith('>'), _ct);
        Assert.Contains("  pasted 2", (await dave.RunAsync(_ct, "tail", "--room", "ops")).Lines);

        // Unread, the next room with something unread, completion, input history.
        await screen.PressAsync("M-n");
        await screen.SeesAsync("psst", _ct);
        await dave.RunAsync(_ct, "send", "--room", "ops", "you are wanted");
        await screen.SeesAsync(s => s.Split('\n')[1].Contains(" 1 ", StringComparison.Ordinal), _ct);
        await screen.TypeAsync("/jo");
        await screen.PressAsync("Tab");
        await screen.TypeAsync("op");
        await screen.PressAsync("Tab");
        await screen.SeesAsync("> /join ops", _ct);
        await screen.PressAsync("Enter");
        await screen.SeesAsync("you are wanted", _ct);
        await screen.PressAsync("Up");
        await screen.SeesAsync("> /join ops", _ct);
        await screen.PressAsync("Down");

        // Hostile text, help, another size.
        await dave.RunAsync(_ct, "send", "--room", "ops", "evil \u001b[2J \u202e end");
        await screen.SeesAsync("evil \\u{1b}[2J \\u{202e} end", _ct);
        await screen.PressAsync("F1");
        await screen.SeesAsync("Alt-N", _ct);
        await screen.PressAsync("Escape");
        await screen.ResizeAsync(60, 15);
        await screen.SeesAsync(s => s.Contains("evil", StringComparison.Ordinal) && !s.Contains("Alt-N", StringComparison.Ordinal), _ct);

        await screen.PressAsync("C-c");
        await screen.SeesAsync("ended with 0", _ct);
    }

    [Fact]
    public async Task What_is_said_while_the_server_is_dead_is_pending_survives_quitting_and_arrives_once()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", "ops");
        await using (var screen = await OpenAsync(dora, server.Uri, 80, 24))
        {
            await screen.SeesAsync("● connected", _ct);
            await screen.SeesAsync("The beginning of the room", _ct);
            await server.KillAsync();
            await screen.SeesAsync("○ connecting", _ct);
            await screen.TypeAsync("said into the void");
            await screen.PressAsync("Enter");
            await screen.SeesAsync(s => s.Contains($"  …   {dora.Name}: said into the void", StringComparison.Ordinal) && s.Contains("1 to send", StringComparison.Ordinal), _ct);
            await screen.TypeAsync("/quit");
            await screen.PressAsync("Enter");
            await screen.SeesAsync(s => s.Contains("1 of your messages were not sent", StringComparison.Ordinal) && s.Contains("ended with 0", StringComparison.Ordinal), _ct);
        }

        await server.StartAsync(_ct);
        await using var again = await OpenAsync(dora, server.Uri, 80, 24);
        await again.SeesAsync(s => s.Contains($"{dora.Name}: said into the void", StringComparison.Ordinal) && !s.Contains('…'), _ct);
        var log = await dora.RunAsync(_ct, "tail", "--room", "ops");
        Assert.Single(log.Lines, l => l.Contains("said into the void", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_no_account_is_asked_for_a_name_and_without_colour_there_is_none()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var program = new ChatProgram(server.Uri);
        await using var screen = await OpenAsync(program, server.Uri, environment: "NO_COLOR=1");
        await screen.SeesAsync("Name:", _ct);
        await screen.TypeAsync("x");
        await screen.PressAsync("Enter");
        await screen.SeesAsync("2 to 32 letters", _ct);
        await screen.TypeAsync("newcomer");
        await screen.PressAsync("Enter");
        await screen.SeesAsync("newcomer at 127.0.0.1", _ct);
        await screen.SeesAsync("You are in no room yet", _ct);
        await screen.TypeAsync("/create attic");
        await screen.PressAsync("Enter");
        await screen.SeesAsync("newcomer joined", _ct);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*(3[0-7]|4[0-7]|9[0-7]|[34]8)[;m]", await screen.ScreenAsync(escapes: true));
    }

    [Fact]
    public async Task A_terminal_that_goes_away_ends_the_program()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        var note = Path.Combine(dora.Home, "pid");
        int pid;
        await using (var screen = await Tmux.OpenAsync(
            $"echo $$ > {note}; exec env XDG_CONFIG_HOME={dora.Home} CHAT_SERVER={server.Uri} dotnet {ChatProgram.Path}", 80, 24))
        {
            await screen.SeesAsync("connected over", _ct);
            pid = int.Parse(await File.ReadAllTextAsync(note, _ct), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Directory.Exists($"/proc/{pid}"));
        }
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{pid}"), TimeSpan.FromSeconds(30), _ct, "the program has ended");
    }
}
