using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>Starts, serves and stops; what keeps it from starting is one sentence, not a stack.</summary>
public static class Starting
{
    /// <summary>The exit code of a server that could not start: <c>EX_CONFIG</c> of sysexits.h.</summary>
    public const int Misconfigured = 78;

    /// <summary>
    /// The server reads its settings at the start only. Watching their files would take an inotify instance. Linux
    /// gives 128 of them to all processes of a user together, and without a free one the server could not start.
    /// </summary>
    private const string WatchNoFiles = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>A builder with the settings of this program's files, variables and command line.</summary>
    public static WebApplicationBuilder NewBuilder(params IEnumerable<string> args) => WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = [WatchNoFiles, .. args], ContentRootPath = AppContext.BaseDirectory });

    /// <param name="prepare">Puts the server together and does what has to be done before it listens.</param>
    public static async Task<int> RunAsync(Func<Task<WebApplication>> prepare)
    {
        try
        {
            await using var app = await prepare();
            await app.RunAsync();
            return 0;
        }
        catch (StartException e)
        {
            return Say(e.Message);
        }
        catch (OptionsValidationException e)
        {
            return Say(string.Join(Environment.NewLine, e.Failures));
        }
        catch (InvalidOperationException e) when (e.Source == "Microsoft.Extensions.Configuration.Binder")
        {
            return Say(e.Message); // a value that is not even of its type; the message has the key
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return Say($"{e.Message} Choose another one with --urls http://localhost:PORT");
        }
    }

    private static int Say(string message)
    {
        Console.Error.WriteLine($"Chat cannot start: {message}");
        return Misconfigured;
    }
}
