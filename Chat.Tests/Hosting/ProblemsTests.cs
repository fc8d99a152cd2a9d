using Chat.Tests.Accounts;
using Xunit;

namespace Chat.Tests.Hosting;

public sealed class ProblemsTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Theory]
    [InlineData("/nowhere", 404, "not_found")]
    [InlineData("/api/account/guest", 405, "invalid")]
    [InlineData("/api/account", 401, "unauthenticated")]
    [InlineData("/fault?kind=x", 400, "invalid")]
    public async Task A_refusal_without_a_body_gets_one_with_a_code(string path, int status, string code)
    {
        using var answer = await server.GetAsync(path);
        await answer.RefusesAsync(status, code);
    }

    [Theory]
    [InlineData(0, 500, "invalid")]
    [InlineData(1, 503, "unavailable")]
    public async Task A_fault_of_the_server_is_logged_and_not_explained(int kind, int status, string code)
    {
        using var answer = await server.GetAsync($"/fault?kind={kind}");
        Assert.DoesNotContain("secret", await answer.RefusesAsync(status, code), StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, line => line.Contains(kind == 1 ? "secret table" : "secret detail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_asks_for_HTML_gets_the_same()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/account");
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.RefusesAsync(401, "unauthenticated");
    }

    [Theory]
    [InlineData("Chat:Limits:SendRate", "0")]
    [InlineData("Chat:Limits:SendBurst", "-1")]
    [InlineData("Chat:Limits:AccountsPerMinute", "0")]
    [InlineData("Chat:Limits:BodyBytes", "100000")]
    [InlineData("Chat:Limits:PageSize", "0")]
    [InlineData("Chat:Limits:CatchUp", "0")]
    [InlineData("Chat:Limits:RefusalRate", "0")]
    [InlineData("Chat:Limits:RefusalBurst", "0")]
    [InlineData("Chat:Limits:RefusalDelay", "00:01:00")]
    [InlineData("Chat:Limits:ConnectsPerMinute", "0")]
    [InlineData("Chat:Limits:Connections", "0")]
    [InlineData("Chat:Limits:Streams", "0")]
    [InlineData("Chat:Limits:UnreadBytes", "1000")]
    [InlineData("Chat:Limits:Rooms", "0")]
    [InlineData("Chat:Limits:RoomsPerHour", "0")]
    [InlineData("Chat:Limits:DirectsPerHour", "0")]
    [InlineData("Chat:Limits:InvitationsPerHour", "0")]
    [InlineData("Chat:Limits:InvitationsOfOnePerHour", "0")]
    [InlineData("Chat:Limits:BlocksPerHour", "0")]
    [InlineData("Chat:Limits:NamesPerHour", "0")]
    [InlineData("Chat:Limits:SendRate", "many")]
    [InlineData("Chat:Accounts:Guests", "perhaps")]
    [InlineData("Chat:Accounts:AccessTokenLifetime", "00:00:01")]
    [InlineData("Chat:Accounts:SignInLifetime", "00:00:01")]
    [InlineData("Chat:Accounts:FailedLoginsPerMinute", "0")]
    [InlineData("Chat:Accounts:Origins:0", "chat.example")]
    [InlineData("Chat:Accounts:Origins:0", "https://chat.example/page")]
    public async Task A_setting_out_of_range_stops_the_start_and_is_named(string key, string value)
    {
        await using var wrong = new AccountServer();
        wrong.Settings[key] = value;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => wrong.InitializeAsync().AsTask());
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }
}
