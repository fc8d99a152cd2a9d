using System.Diagnostics;
using Chat.Tests.Support;

namespace Chat.Tests.Terminal;

/// <summary>What a run of the program left.</summary>
public sealed record Ran(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The built <c>chat</c> as one person runs it: a configuration folder of its own, and pipes instead of a terminal.</summary>
/// <param name="server">The server's address.</param>
/// <param name="program">The path of another build of it; the one that was built with the tests if null.</param>
public sealed class ChatProgram(Uri server, string? program = null) : IDisposable
{
    private static int _count;
    private readonly TemporaryFolder _home = new();

    /// <summary>
    /// The full path of <c>chat.dll</c> where it was built. The copy beside the tests lacks what the tests' own framework brings.
    /// </summary>
    public static string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(ServerBinary.Path)!.Replace("Chat.Server", "Chat.Client.Console", StringComparison.Ordinal), "chat.dll");

    /// <summary>The configuration folder.</summary>
    public string Home => _home.Path;

    /// <summary>The name of the guest; empty before <see cref="SignInAsync"/>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Signs in as a guest whose name nobody has.</summary>
    public async Task<ChatProgram> SignInAsync(CancellationToken ct)
    {
        Name = $"term{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
        var ran = await RunAsync(ct, "guest", Name);
        Assert.Equal(new Ran(0, "", ""), ran);
        return this;
    }

    /// <summary>Runs to its end.</summary>
    public Task<Ran> RunAsync(CancellationToken ct, params string[] arguments) => RunAsync(null, arguments, ct);

    /// <summary>Runs to its end with something on standard input.</summary>
    public async Task<Ran> RunAsync(string? input, string[] arguments, CancellationToken ct, params (string Name, string? Value)[] environment)
    {
        using var process = Start(arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return new Ran(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts it and leaves it running; the caller ends and disposes it.</summary>
    public Process Start(string[] arguments, params (string Name, string? Value)[] environment)
    {
        // Ctrl-C means something to it also where the tests themselves were started in the background, which has it ignored.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program ?? Path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(false),
        };
        start.Environment["XDG_CONFIG_HOME"] = _home.Path;
        start.Environment["CHAT_SERVER"] = server.ToString();
        start.Environment["TZ"] = "UTC";
        start.Environment.Remove("CHAT_TOKEN");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <inheritdoc/>
    public void Dispose() => _home.Dispose();
}
