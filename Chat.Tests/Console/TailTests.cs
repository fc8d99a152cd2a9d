using System.Diagnostics;
using System.Text.Json;
using Chat.Contracts;
using Chat.Tests.Support;
using Xunit;

namespace Chat.Tests.Terminal;

[TimeLimit(180)]
public sealed class TailTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_follows_across_a_killed_server_without_a_hole_or_a_double()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", "ops");
        using var tail = dora.Start(["tail", "--room", "ops", "--since", "0", "-f", "--json"]);
        try
        {
            var seen = new List<ChatEvent> { await NextAsync(tail) };
            for (var life = 0; life < 3; life++)
            {
                Assert.Equal(0, (await dora.RunAsync($"a{life}\nb{life}\nc{life}\n", ["send", "--room", "ops"], _ct)).ExitCode);
                if (life == 1)
                {
                    await server.KillAsync();
                    await server.StartAsync(_ct);
                }
                for (var i = 0; i < 3; i++)
                    seen.Add(await NextAsync(tail));
            }
            Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), seen.Select(e => e.Seq));
            Assert.Equal(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"], seen.Skip(1).Select(e => e.Body));

            Signal.Terminate(tail.Id);
            await tail.WaitForExitAsync(_ct);
            Assert.Equal((143, ""), (tail.ExitCode, await tail.StandardError.ReadToEndAsync(_ct)));
        }
        finally
        {
            tail.Kill();
        }
    }

    [Fact]
    public async Task It_ends_quietly_when_its_reader_goes_away()
    {
        await using var server = await ServerProcess.RunAsync(_ct);
        using var dora = await new ChatProgram(server.Uri).SignInAsync(_ct);
        await dora.RunAsync(_ct, "create", "ops");
        await dora.RunAsync(string.Join('\n', Enumerable.Range(0, 90)), ["send", "--room", "ops"], _ct);
        using var tail = dora.Start(["tail", "--room", "ops", "-n", "1", "-f"]);
        try
        {
            Assert.NotNull(await tail.StandardOutput.ReadLineAsync(_ct));
            tail.StandardOutput.Close();
            await dora.RunAsync("one\ntwo\n", ["send", "--room", "ops"], _ct);
            await tail.WaitForExitAsync(_ct);
            Assert.Equal((141, ""), (tail.ExitCode, await tail.StandardError.ReadToEndAsync(_ct)));
        }
        finally
        {
            tail.Kill();
        }
    }

    private async Task<ChatEvent> NextAsync(Process tail) =>
        JsonSerializer.Deserialize<ChatEvent>(await tail.StandardOutput.ReadLineAsync(_ct) ?? "", ChatJson.Options)!;
}
