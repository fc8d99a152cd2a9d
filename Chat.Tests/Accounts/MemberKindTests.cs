using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Server.Log;
using Chat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chat.Tests.Accounts;

/// <summary>The kind of a person's account, over the wire and after an upgrade.</summary>
public sealed class MemberKindTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_without_a_kind_get_it_from_their_accounts_at_the_next_start()
    {
        using var folder = new TemporaryFolder();
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Chat"] = $"Data Source={folder.File("chat.db")}",
        };
        await using (var first = new ChatServer(settings))
        {
            await CreateRoomAsync(first, "guest", new { name = "Gwen" });
            await CreateRoomAsync(first, "register", new { name = "Mara", password = "a long sentence" });
            await using var db = await Databases(first).CreateDbContextAsync(Ct);
            Assert.Equal([UserKind.Guest, UserKind.Member], await KindsAsync(db));
            await db.Members.ExecuteUpdateAsync(m => m.SetProperty(r => r.UserKind, (UserKind?)null), Ct);
        }

        await using var second = new ChatServer(settings);
        await using var again = await Databases(second).CreateDbContextAsync(Ct);
        await Eventually.TrueAsync(
            async () => !await again.Members.AnyAsync(m => m.UserKind == null, Ct), TimeSpan.FromSeconds(30), Ct,
            "all kinds are filled in");
        Assert.Equal([UserKind.Guest, UserKind.Member], await KindsAsync(again));
    }

    private static IDbContextFactory<LogDb> Databases(ChatServer server) =>
        server.Services.GetRequiredService<IDbContextFactory<LogDb>>();

    private static async Task<List<UserKind?>> KindsAsync(LogDb db) =>
        await db.Members.OrderBy(m => m.UserName).Select(m => m.UserKind).ToListAsync(Ct);

    private static async Task CreateRoomAsync(ChatServer server, string way, object credentials)
    {
        using var http = new HttpClient { BaseAddress = server.Uri };
        using var signedIn = await http.PostAsJsonAsync($"/api/account/{way}", credentials, Ct);
        var session = await signedIn.Content.ReadFromJsonAsync<Session>(ChatJson.Options, Ct);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session!.AccessToken);
        using var created = await http.PostAsJsonAsync("/api/rooms", new { kind = "private", name = "room" }, Ct);
        var room = await created.Content.ReadFromJsonAsync<Room>(ChatJson.Options, Ct);
        Assert.Equal(session.User.Kind, Assert.Single(room!.Members).Kind);
    }
}
