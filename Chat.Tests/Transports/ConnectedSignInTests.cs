using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Tests.Support;
using Chat.Tests.Support.Raw;
using Chat.Tests.Transports.Feeds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Tests.Transports;

/// <summary>A sign-in that is used over an open connection lasts, as one that is used by requests does.</summary>
public sealed class ConnectedSignInTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_connections_prolong_their_sign_in_and_write_it_now_and_then_only()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new ChatServer(
            new Dictionary<string, string>
            {
                ["Chat:Accounts:SignInLifetime"] = "10.00:00:00",
                ["Chat:Accounts:AccessTokenLifetime"] = "10.00:00:00",
            }, time);
        var (ann, bob, cy) = (await Person.SignUpAsync(server.Uri, Ct, "ann"),
            await Person.SignUpAsync(server.Uri, Ct, "bob"), await Person.SignUpAsync(server.Uri, Ct, "cy"));
        var room = await bob.CreateRoomAsync(Ct);
        await using var hub = await RawHubClient.ConnectAsync(server.Uri, ann.Token, Ct);
        using var http = bob.Http();
        using var feed = await HeldFeeds.ReadAsync(http, $"/api/rooms/{room.Id}/events/stream?after=0");
        var begun = await ExpiresAsync(server, ann);

        await AfterHoursAsync(async () => await ExpiresAsync(server, ann) > begun
            && await ExpiresAsync(server, bob) > begun);
        var first = await ExpiresAsync(server, ann);
        await AfterHoursAsync(async () => await ExpiresAsync(server, ann) > first);

        Assert.True(await ExpiresAsync(server, ann) - first >= TimeSpan.FromHours(6),
            "not more than once in six hours");
        Assert.InRange(await ExpiresAsync(server, cy) - begun, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));

        Task AfterHoursAsync(Func<Task<bool>> prolonged) => Eventually.TrueAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return await prolonged();
            },
            s_soon, Ct, "they are prolonged");
    }

    private static async Task<DateTime> ExpiresAsync(ChatServer server, Person person)
    {
        await using var db = await server.Services.GetRequiredService<IDbContextFactory<AccountsDb>>()
            .CreateDbContextAsync(Ct);
        return await db.SignIns.Where(s => s.AccountId == person.User.Id).Select(s => s.Expires).SingleAsync(Ct);
    }
}
