using Chat.Server.Hosting;
using Chat.Server.Page;
using Chat.Tests.Accounts;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Tests.Page;

public sealed class MissingPageTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/r/room/42")]
    public async Task A_server_without_its_page_says_so_and_runs(string path)
    {
        using var folder = new TemporaryFolder();
        using var logs = new CapturedLogs();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(logs);
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{FreePort.Find()}");
        builder.Services.AddRoutingCore();
        builder.AddProblems();
        await using var app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.MapPage(folder.File("wwwroot"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(new Uri(app.Urls.Single()), path), TestContext.Current.CancellationToken);
        Assert.Equal("this server was built without its page", await answer.RefusesAsync(404, "not_found"));
        Assert.Contains(logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(folder.Path, StringComparison.Ordinal));
    }
}
