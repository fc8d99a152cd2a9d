using System.Collections.Immutable;
using System.Net;
using Chat.Client;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Tests.Support;
using Chat.Tests.Transports;
using Microsoft.Data.Sqlite;
using ServerFaults = Chat.Server.Hosting.Faults;

namespace Chat.Tests.Hosting;

/// <summary>
/// A call that fails by itself is refused for good. A call with a fault that passes, or one that a client needs to go
/// on, is not.
/// </summary>
public sealed class FaultsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_cannot_be_stored_is_refused_for_good_and_the_outbox_goes_on()
    {
        await using var server = new ChatServer();
        using (var database = new SqliteConnection($"Data Source={server.Data.File("chat.db")};Pooling=False"))
        {
            database.Open();
            using var trigger = database.CreateCommand();
            trigger.CommandText = """
                CREATE TRIGGER spoil BEFORE INSERT ON "Events" WHEN NEW."Body" = 'poison' BEGIN SELECT RAISE(ABORT, 'spoiled'); END
                """;
            trigger.ExecuteNonQuery();
        }
        var ann = await Person.SignUpAsync(server.Uri, Ct);
        var room = await ann.CreateRoomAsync(Ct);
        await using var chat = new ChatConnection(new ChatOptions
        {
            Server = server.Uri,
            AccessToken = _ => ValueTask.FromResult<string?>(ann.Token),
            Cursors = ImmutableDictionary<string, long>.Empty.Add(room.Id, 0),
        });

        // The messages are sent before the client is connected, so that they go out together.
        Task<SendResult>[] sent = [chat.SendAsync(room.Id, "before", ct: Ct), chat.SendAsync(room.Id, "poison", ct: Ct),
            chat.SendAsync(room.Id, "after", ct: Ct)];
        await chat.StartAsync(Ct);

        Assert.Equal(ErrorCodes.Invalid, (await Assert.ThrowsAsync<ChatException>(() => sent[1])).Code);
        Assert.Equal([2, 3], (await Task.WhenAll(sent[0], sent[2])).Select(r => r.Seq));
        using var api = new Api(server.Uri, ann);
        (await api.PostAsync($"/api/rooms/{room.Id}/messages", new NewMessage("p", "poison")))
            .Refuses(HttpStatusCode.BadRequest, ErrorCodes.Invalid);
    }

    [Fact]
    public void A_fault_of_the_server_is_final_for_what_is_written_only()
    {
        var fault = new InvalidOperationException();
        Assert.Equal(ErrorCodes.Invalid, ServerFaults.OfHub(nameof(IChatHub.Send), fault).Code);
        Assert.Equal(ErrorCodes.Invalid, ServerFaults.OfRequest("/api/rooms/x/messages", fault).Code);
        Assert.Equal(ErrorCodes.Unavailable, ServerFaults.OfHub(nameof(IChatHub.Sync), fault).Code);
        Assert.Equal(ErrorCodes.Unavailable, ServerFaults.OfHub(nameof(IChatHub.History), fault).Code);
        Assert.Equal(ErrorCodes.Unavailable, ServerFaults.OfRequest("/hubs/chat/negotiate", fault).Code);
        Assert.Equal(ErrorCodes.Unavailable, ServerFaults.OfRequest("/api/account/refresh", fault).Code);
    }

    [Theory]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(OperationCanceledException))]
    public void What_passes_may_be_tried_again(Type fault) =>
        Assert.Equal(ErrorCodes.Unavailable, ServerFaults.Of((Exception)Activator.CreateInstance(fault)!).Code);

    [Fact]
    public void The_codes_of_bare_statuses_say_whether_to_try_again()
    {
        Assert.Equal(ErrorCodes.Invalid, Problems.Code(500));
        Assert.Equal(ErrorCodes.Unavailable, Problems.Code(503));
    }
}
