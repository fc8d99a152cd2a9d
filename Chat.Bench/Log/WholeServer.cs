using System.Globalization;
using System.Text.RegularExpressions;
using Chat.Bench.Processes;
using Chat.Client;
using Chat.Contracts;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Bench.Log;

/// <summary>
/// The log with everything around it: a server process, and a WebSocket for each sender. Nobody receives, so that what is measured is storing.
/// </summary>
internal sealed partial class WholeServer : IWriter
{
    private readonly NodeProcess _server;
    private readonly LogRun _run;
    private readonly HubConnection[] _connections;
    private readonly string[] _rooms;

    private WholeServer(NodeProcess server, LogRun run)
    {
        (_server, _run) = (server, run);
        _connections = new HubConnection[run.Senders];
        _rooms = new string[run.Rooms];
    }

    /// <summary>Starts the server, connects all senders and lets them join their rooms.</summary>
    public static async Task<WholeServer> OpenAsync(
        LogRun run, string folder, int batchSize, IReadOnlyList<string> prefix, CancellationToken cancellation)
    {
        var server = await NodeProcess.RunAloneAsync(
            folder, new Dictionary<string, string> { ["Chat:Log:BatchSize"] = batchSize.ToString(CultureInfo.InvariantCulture) }, prefix, cancellation);
        var whole = new WholeServer(server, run);
        try
        {
            using var accounts = new AccountClient(server.Uri);
            for (var i = 0; i < run.Senders; i++)
                await whole.ConnectAsync(accounts, i, cancellation);
            for (var i = 0; run.Direct && i * run.Senders < run.Rooms; i++)
                await accounts.GuestAsync($"friend-{i}", cancellation);
            for (var i = 0; i < run.Rooms; i++)
                await whole.OpenAsync(i, cancellation);
            for (var i = run.Rooms; i < run.Senders; i++)
                await whole._connections[i].InvokeAsync<Room>("Join", whole._rooms[run.RoomOf(i, 0)], cancellation);
            return whole;
        }
        catch
        {
            await whole.DisposeAsync();
            throw;
        }
    }

    public TimeSpan ProcessorTime => _server.ProcessorTime;

    public async Task SendAsync(int sender, int call, CancellationToken cancellation)
    {
        var messages = new NewMessage[_run.PerCall];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = new NewMessage(Load.NewClientId(), Load.Body);
        var results = await _connections[sender].InvokeAsync<SendResult[]>("Send", _rooms[_run.RoomOf(sender, call)], messages, cancellation);
        if (results.Any(r => r.Seq is null))
            throw new InvalidOperationException($"a message was not stored: {results.First(r => r.Seq is null).Error}");
    }

    public async Task<Commits> CommitsAsync()
    {
        await CloseAsync();
        await _server.TerminateAsync(CancellationToken.None);
        var counts = _server.Log.Last.Select(line => Closed().Match(line)).First(match => match.Success);
        return new Commits(Count(counts.Groups[1]), Count(counts.Groups[2]));
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _server.DisposeAsync();
    }

    private async Task ConnectAsync(AccountClient accounts, int sender, CancellationToken cancellation)
    {
        var session = await accounts.GuestAsync($"sender-{sender}", cancellation);
        _connections[sender] = new HubConnectionBuilder()
            .WithUrl(new Uri(_server.Uri, Wire.HubPath), HttpTransportType.WebSockets, options =>
            {
                options.AccessTokenProvider = () => Task.FromResult(session.AccessToken);
                options.SkipNegotiation = true;
            })
            .AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions))
            .Build();
        await _connections[sender].StartAsync(cancellation);
    }

    private async Task OpenAsync(int room, CancellationToken cancellation)
    {
        var owner = _connections[room % _connections.Length];
        _rooms[room] = (_run.Direct
            ? await owner.InvokeAsync<Room>("OpenDirect", $"friend-{room / _connections.Length}", cancellation)
            : await owner.InvokeAsync<Room>("CreateRoom", new NewRoom($"room-{room}", RoomKind.Public), cancellation)).Id;
    }

    private Task CloseAsync() => Task.WhenAll(_connections.OfType<HubConnection>().Select(c => c.DisposeAsync().AsTask()));

    private static long Count(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("The log is closed after ([0-9]+) transactions with ([0-9]+) writes")]
    private static partial Regex Closed();
}
