using System.Net;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Log.Sqlite;
using Chat.Tests.Relay;
using Chat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chat.Tests.Transports;

/// <summary>A page that is asked for in the very moment in which its asker is removed.</summary>
public sealed class HistoryRaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("?after=1")]
    [InlineData("?before=100")]
    public async Task Who_is_removed_while_a_page_is_read_sees_nothing_after_the_leave(string query)
    {
        SqliteRoomLog? sqlite = null;
        ScriptedLog? log = null;
        await using var server = new ChatServer(services: s => s.Replace(ServiceDescriptor.Singleton<IRoomLog>(provider =>
        {
            sqlite = ActivatorUtilities.CreateInstance<SqliteRoomLog>(provider, provider.GetRequiredService<ChatDatabase>().ConnectionString);
            return log = new ScriptedLog(sqlite);
        })));
        var ann = await Person.SignUpAsync(server.Uri, Ct, "ann");
        var bob = await Person.SignUpAsync(server.Uri, Ct, "bob");
        var room = await ann.CreateRoomAsync(Ct, RoomKind.Private);
        using Api one = new(server.Uri, ann), two = new(server.Uri, bob);
        (await one.PutAsync($"/api/rooms/{room.Id}/members/{bob.User.Name}")).As<Room>();

        log!.BeforeRead = async () =>
        {
            log.BeforeRead = () => Task.CompletedTask;
            Assert.Equal(HttpStatusCode.NoContent, (await one.DeleteAsync($"/api/rooms/{room.Id}/members/{bob.User.Name}")).Status);
            await one.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("a", "now that bob is gone"));
        };
        var page = (await two.GetAsync($"/api/rooms/{room.Id}/events{query}")).As<EventPage>();

        Assert.DoesNotContain(page.Events, e => e.Seq > 3);
        Assert.InRange(page.Head, 2, 3);
        Assert.Equal(3, (await two.GetAsync($"/api/rooms/{room.Id}/events")).As<EventPage>().Head);
        sqlite!.Dispose();
    }
}
