using System.Security.Claims;
using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.SignalR;
using Chat.Tests.Relay;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Session = Chat.Server.Relay.Session;

namespace Chat.Tests.Transports;

/// <summary>
/// The server stops a call that reads when its connection is over, because nobody will get the answer.
/// </summary>
public sealed class AbandonedCallTests : IAsyncDisposable
{
    private readonly ChatServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_call_that_reads_ends_with_its_connection()
    {
        var ann = await Person.SignUpAsync(_server.Uri, Ct);
        var room = (await ann.CreateRoomAsync(Ct)).Id;
        Dictionary<string, Func<ChatHub, Task>> calls = new()
        {
            ["Sync"] = hub => hub.Sync(),
            ["History"] = hub => hub.History(room),
            ["PublicRooms"] = hub => hub.PublicRooms(),
            ["Members"] = hub => hub.Members(room),
            ["Invitations"] = hub => hub.Invitations(),
            ["Blocked"] = hub => hub.Blocked(),
        };
        foreach (var (name, call) in calls)
        {
            await CallAsync(ann, call, connectionOver: false);
            var error = await Record.ExceptionAsync(() => CallAsync(ann, call, connectionOver: true));
            Assert.True(error is OperationCanceledException, $"{name}: {error}");
        }
    }

    private async Task CallAsync(Person person, Func<ChatHub, Task> call, bool connectionOver)
    {
        var (services, transport) = (_server.Services, new RecordingTransport());
        var session = services.GetRequiredService<NodeRelay>()
            .Open(transport, person.User, $"sign-in {Guid.NewGuid()}");
        using var over = new CancellationTokenSource();
        if (connectionOver)
            await over.CancelAsync();
        using var hub = new ChatHub(
            services.GetRequiredService<ChatRooms>(), services.GetRequiredService<ClusterFeatures>())
        {
            Context = new Caller(person.User, session, over.Token),
        };
        try
        {
            await call(hub);
        }
        finally
        {
            await session.CloseAsync();
        }
    }

    private sealed class Caller : HubCallerContext
    {
        public Caller(User user, Session session, CancellationToken connectionAborted)
        {
            User = ChatClaims.Principal(user, session.SignInId, "test");
            ConnectionAborted = connectionAborted;
            Features.Set(session);
        }

        public override string ConnectionId => "connection";

        public override string? UserIdentifier => null;

        public override ClaimsPrincipal User { get; }

        public override IDictionary<object, object?> Items { get; } = new Dictionary<object, object?>();

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override CancellationToken ConnectionAborted { get; }

        public override void Abort()
        {
        }
    }
}
