using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Bench.Size;

/// <summary>
/// A person with a room, or rooms, of a certain size. Each call returns the number of rows that the server answered
/// with.
/// </summary>
internal sealed class SizedCaller : IAsyncDisposable
{
    private const int PageRows = 50;

    private readonly HttpClient _http;
    private readonly HttpClient _visitor;
    private readonly HubConnection _hub;
    private readonly Account _account, _guest;
    private long _head;
    private long _deleted;

    private SizedCaller(Uri server, int size, Account account, string token, Account guest, string guestToken)
    {
        (Size, _account, _guest) = (size, account, guest);
        _http = Client(server, token);
        _visitor = Client(server, guestToken);
        _hub = new HubConnectionBuilder().WithUrl(new Uri(server, Wire.HubPath),
            http => http.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions)).Build();
    }

    public int Size { get; }

    public User User => _account.User;

    /// <summary>The room that is written to and read.</summary>
    public string Room { get; set; } = "";

    /// <summary>Events in it at the beginning.</summary>
    public int Events { get; set; }

    /// <summary>Rooms of this person.</summary>
    public int Rooms { get; set; } = 1;

    public static async Task<SizedCaller> SignUpAsync(Uri server, int size, CancellationToken ct)
    {
        var (account, guest) = (await Account.SignUpAsync(server, ct), await Account.SignUpAsync(server, ct));
        var caller = new SizedCaller(server, size, account, (await account.Options().AccessToken!(ct))!, guest,
            (await guest.Options().AccessToken!(ct))!);
        await caller._hub.StartAsync(ct);
        return caller;
    }

    public async Task<int> SendAsync(CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync(Of("messages"),
            new NewMessage(Guid.NewGuid().ToString("N"), "text"), ChatJson.Options, ct);
        _head = (await ReadAsync(answer, ct)).GetProperty("seq").GetInt64();
        return 1;
    }

    /// <summary>
    /// Deletes a message that it has just sent, so that no events follow it that would cost time in a long room.
    /// </summary>
    public async Task<int> DeleteAsync(CancellationToken ct)
    {
        using var answer = await _http.DeleteAsync(Of($"messages/{_deleted}?clientId={Guid.NewGuid():N}"), ct);
        await ReadAsync(answer, ct);
        return 1;
    }

    /// <summary>Sends the message that <see cref="DeleteAsync"/> deletes; it is not measured.</summary>
    public async Task BeforeDeleteAsync(CancellationToken ct)
    {
        await SendAsync(ct);
        _deleted = _head;
    }

    public async Task<int> JoinAsync(CancellationToken ct)
    {
        using var answer = await _visitor.PutAsync(Of("members/me"), null, ct);
        await ReadAsync(answer, ct);
        return 1;
    }

    public async Task<int> LeaveAsync(CancellationToken ct)
    {
        using var answer = await _visitor.DeleteAsync(Of("members/me"), ct);
        answer.EnsureSuccessStatusCode();
        return 1;
    }

    public async Task<int> ListAsync(CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new Uri("/api/rooms", UriKind.Relative), ct);
        return Checked((await ReadAsync(answer, ct)).GetProperty("rooms").GetArrayLength());
    }

    public async Task<int> SyncAsync(CancellationToken ct) =>
        Checked((await _hub.InvokeAsync<JsonElement>(nameof(IChatHub.Sync), new SyncRequest(), ct)).GetProperty("rooms")
            .GetArrayLength());

    /// <summary>A page somewhere in the room.</summary>
    public async Task<int> PageAsync(CancellationToken ct)
    {
        var after = Random.Shared.Next(Math.Max(1, Events - PageRows));
        using var answer = await _http.GetAsync(Of($"events?after={after}&limit={PageRows}"), ct);
        return (await ReadAsync(answer, ct)).GetProperty("events").GetArrayLength();
    }

    public async Task<int> MembersAsync(CancellationToken ct)
    {
        using var answer = await _http.GetAsync(Of($"members?limit={PageRows}"), ct);
        return (await ReadAsync(answer, ct)).GetProperty("members").GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _http.Dispose();
        _visitor.Dispose();
        _account.Dispose();
        _guest.Dispose();
    }

    private static HttpClient Client(Uri server, string token) => new()
    {
        BaseAddress = server,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    private int Checked(int rooms) =>
        rooms == Rooms ? rooms : throw new InvalidOperationException($"{rooms} rooms were listed instead of {Rooms}");

    private Uri Of(string path) => new($"/api/rooms/{Room}/{path}", UriKind.Relative);
}
