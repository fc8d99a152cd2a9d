using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Chat.Client;
using Chat.Contracts;
using Chat.Server.Keys;
using Chat.Tests.Cluster;
using Chat.Tests.Keys;
using Chat.Tests.Support;
using Chat.Tests.Support.History;
using Chat.Tests.Terminal;

namespace Chat.Tests.Versions;

/// <summary>
/// Nodes of two versions side by side on one PostgreSQL and one Redis, with clients of both, through a rolling update
/// and back.
/// </summary>
[Collection(BusyTests.Name)]
public sealed class RollingUpdateTests(SharedPostgres postgres, SharedRedis redis, OlderVersion older)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [TimeLimit(400)]
    public async Task An_update_node_by_node_and_back_loses_doubles_and_refuses_nothing()
    {
        var settings = new Dictionary<string, string>(NodeProcess.WithoutLimits)
        {
            ["ConnectionStrings:Chat"] = await postgres.NewDatabaseAsync(Ct),
            ["ConnectionStrings:Redis"] = await redis.NewClusterAsync(Ct),
            ["Chat:Keys:EncryptAfter"] = "00:00:00",
        };
        var keys = new KeyStore(settings["ConnectionStrings:Chat"]);
        using var folder = new TemporaryFolder();
        await using var old1 = Node("old1", await older.ServerAsync());
        await using var old2 = Node("old2", await older.ServerAsync());
        await using var new1 = Node("new1", ServerBinary.Path);
        await using var new2 = Node("new2", ServerBinary.Path);
        await old1.StartAsync(Ct);
        await old2.StartAsync(Ct);
        await using var balancer = await Balancer.StartAsync("haproxy", [old1.Uri, old2.Uri, new1.Uri, new2.Uri], Ct);
        await using var conversation = await Conversation.BeginAsync(balancer.Uri, Ct);
        foreach (var transport in Enum.GetValues<TransportKind>())
            await conversation.AddAsync($"{transport}", transport, Ct);
        await conversation.StartAsync(Ct);
        await using var terminal = await OlderTerminal.StartAsync(balancer.Uri, await older.TerminalAsync(),
            conversation, Ct);
        await using var load = new Faults.Load(conversation, Seed.Choose(), Ct, window: 2,
            rest: Faults.Load.Rest);
        await StepAsync("both are old");

        await new1.StartAsync(Ct);
        await StepAsync("a new one beside two old ones");
        await old1.TerminateAsync(Ct);
        await StepAsync("one of each");
        Assert.Empty((await InfoAsync(new1)).Features);
        Assert.All(await keys.ReadAsync(), key => Assert.True(KeyXml.IsPlain(key)));
        await new2.StartAsync(Ct);
        await old2.TerminateAsync(Ct);
        await StepAsync("both are new");
        await Eventually.TrueAsync(async () => (await InfoAsync(new1)).Features.Count == Features.All.Count, Patience,
            Ct, "all features are on");
        await StepAsync("both are new and use what is new");

        await Eventually.TrueAsync(async () => (await keys.ReadAsync()).All(k => !KeyXml.IsPlain(k)), Patience, Ct,
            "the keys are encrypted");
        await StepAsync("the keys are encrypted");
        // The steps of docs/operating.md for going back.
        Assert.Equal(0, await KeysCommand.RunAsync(["plain", .. settings.Select(s => $"--{s.Key}={s.Value}")],
            TextWriter.Null, TextWriter.Null));
        await old1.StartAsync(Ct);
        await Eventually.TrueAsync(async () => (await InfoAsync(new2)).Features is [], Patience, Ct,
            "the features are off again");
        await StepAsync("an old one is back");
        await new1.TerminateAsync(Ct);
        await old2.StartAsync(Ct);
        await new2.TerminateAsync(Ct);
        await StepAsync("both are old again");

        await load.StopAsync(Patience);
        await conversation.VerifyAsync(Patience, Ct);
        await terminal.VerifyAsync(await conversation.Owner.ReadLogAsync(conversation.Room.Id, Ct), Patience, Ct);

        NodeProcess Node(string name, string program) =>
            new(folder.Path, settings, program, ended: Show, name: name) { StartedOften = true };

        async Task StepAsync(string what)
        {
            Output.Write(what);
            await load.ProgressAsync(each: 5, Patience);
            await terminal.SayAsync(what);
        }
    }

    private static async Task<ServerInfo> InfoAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        return JsonSerializer.Deserialize<ServerInfo>(await http.GetStringAsync(new Uri(node.Uri, ServerInfo.Path), Ct),
            ChatJson.Options)!;
    }

    private static void Show(IReadOnlyCollection<string> lines) =>
        Output.Write(string.Join(Environment.NewLine, lines));

    /// <summary>
    /// The older terminal client: one process reads the room as it grows, another writes the given lines.
    /// </summary>
    private sealed class OlderTerminal(ChatProgram chat, Conversation conversation, Process reader, Process writer)
        : IAsyncDisposable
    {
        private const string Key = "older";

        private readonly ConcurrentQueue<ChatEvent> _seen = [];
        private readonly List<string> _said = [];

        public static async Task<OlderTerminal> StartAsync(Uri server, string program, Conversation conversation,
            CancellationToken ct)
        {
            var chat = await new ChatProgram(server, program).SignInAsync(ct);
            using var owner = conversation.Owner.Http();
            using var invited = await owner.PutAsync(
                new Uri($"/api/rooms/{conversation.Room.Id}/members/{chat.Name}", UriKind.Relative), null, ct);
            invited.EnsureSuccessStatusCode();
            var room = conversation.Room.Name;
            var reader = chat.Start(["tail", "--room", room, "--since", "0", "-f", "--json"]);
            var terminal = new OlderTerminal(chat, conversation, reader,
                chat.Start(["send", "--room", room, "--id", Key]));
            reader.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { Length: > 0 } json)
                    terminal._seen.Enqueue(JsonSerializer.Deserialize<ChatEvent>(json, ChatJson.Options)!);
            };
            reader.BeginOutputReadLine();
            return terminal;
        }

        public async Task SayAsync(string line)
        {
            _said.Add(line);
            conversation.History.Started(chat.Name, conversation.Room.Id, $"{Key}-{_said.Count}", line);
            await writer.StandardInput.WriteLineAsync(line);
            await writer.StandardInput.FlushAsync();
        }

        /// <summary>
        /// Each message is in the log once and in order, and the reader has got the log, event by event.
        /// </summary>
        public async Task VerifyAsync(IReadOnlyList<ChatEvent> log, TimeSpan within, CancellationToken ct)
        {
            writer.StandardInput.Close();
            await writer.WaitForExitAsync(ct);
            Assert.Equal((0, ""), (writer.ExitCode, await writer.StandardError.ReadToEndAsync(ct)));
            Assert.Equal(_said,
                log.Where(e => e.Sender.Name == chat.Name && e.Type == EventTypes.Message).Select(e => e.Body));
            await Eventually.TrueAsync(() => _seen.Count >= log.Count, within, ct, "the older reader has everything");
            Assert.Equal(log.Select(e => (e.Seq, e.Id, e.Body)), _seen.Select(e => (e.Seq, e.Id, e.Body)));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var process in (Process[])[reader, writer])
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }
            chat.Dispose();
        }
    }
}
