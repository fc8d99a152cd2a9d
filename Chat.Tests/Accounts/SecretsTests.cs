using Chat.Contracts;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("Logging:LogLevel:Default", "Information")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Information")]
    [InlineData("Logging:Captured:LogLevel:Default", "Information")]
    [InlineData("Logging:Captured:LogLevel:Microsoft.AspNetCore.Hosting", "Trace")]
    public async Task No_token_and_no_password_is_in_the_logs_whatever_they_are_set_to(string key, string level)
    {
        await using var server = await AccountServer.StartAsync((key, level));
        const string password = "s3cret-Horse";
        var session = await server.RegisterAsync("Dora", password);
        var wrong = password + "-wrong";
        (await server.PostAsync("/api/account/login", new { name = "Dora", password = wrong })).Dispose();
        (await server.PostAsync("/api/account/login", new { name = 5, password })).Dispose();
        session = await server.SessionAsync("/api/account/refresh", new { refreshToken = session.RefreshToken });
        foreach (var path in (string[])["/hubs/chat", "/api/rooms/r/events/stream", "/api/account", "/nowhere", "/fault"])
        {
            (await server.GetAsync($"{path}?access_token={session.AccessToken}")).Dispose();
        }
        using var cookies = await server.PostAsync("/api/account/login?useCookies=true", new { name = "Dora", password });
        var cookie = cookies.Cookie();
        (await server.PostAsync("/api/account/logout", token: session.AccessToken)).Dispose();
        (await server.GetAsync($"/hubs/chat?access_token={session.AccessToken}")).Dispose();

        Assert.Contains(server.Logs.Lines, line => line.Contains("New Member", StringComparison.Ordinal));
        foreach (var secret in (string[])[password, session.AccessToken!, session.RefreshToken!, cookie["chat=".Length..], "access_token"])
        {
            Assert.DoesNotContain(server.Logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_database_is_in_a_folder_for_its_owner_alone_and_holds_no_password()
    {
        await using var server = await AccountServer.StartAsync();
        var session = await server.RegisterAsync("Dora", "s3cret-Horse");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.GetDirectoryName(server.DatabaseFile)!));
        }
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(server.DatabaseFile)!))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            var content = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain("s3cret-Horse", content, StringComparison.Ordinal);
            Assert.DoesNotContain(session.RefreshToken!, content, StringComparison.Ordinal);
        }
    }
}
