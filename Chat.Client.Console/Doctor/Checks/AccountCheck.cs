using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Gets somebody to try with, and a private room of their own.</summary>
internal sealed class AccountCheck : Check
{
    public override string Title => "account";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var finding = way.Options.Token is { } token ? await UseAsync(way, token, "the one given", ct) : await BecomeGuestAsync(way, ct);
        if (finding.Level == Level.Fail)
            return [finding];
        var (head, body) = await way.PostAsync("api/rooms", new NewRoom($"chat doctor {way.Run}", RoomKind.Private, "test messages"), ct);
        using var _ = head;
        if (!head.IsSuccessStatusCode)
            return [finding with { Level = Level.Fail, Seen = $"no room to try in: {Refused(head, body)}", Fault = Faults.NoAccount }];
        way.Room = JsonSerializer.Deserialize<Room>(body, ChatJson.Options);
        return [finding];
    }

    private async Task<Finding> BecomeGuestAsync(Way way, CancellationToken ct)
    {
        var (head, body) = await way.PostAsync("api/account/guest", new GuestRequest($"doctor-{way.Run}"), ct);
        using var _ = head;
        if (head.IsSuccessStatusCode)
        {
            (way.Token, way.IsGuest) = (JsonSerializer.Deserialize<Session>(body, ChatJson.Options)!.AccessToken, true);
            return Ok($"the guest doctor-{way.Run}, made for this");
        }
        if (IsOfHost(body))
            return Fail($"the server does not answer to the name {way.Server.Host}: the proxy passes another one on, "
                + "or the server's AllowedHosts lacks it", Faults.WrongHost);
        if (Code(body) is not ErrorCodes.Forbidden)
            return Fail($"no guest: {Refused(head, body)}", Faults.NoAccount);
        return way.Options.TokenIfNoGuests is { } token
            ? await UseAsync(way, token, "there are no guests; the one signed in here", ct)
            : Fail("guests are switched off on this server, and nobody is signed in here: chat login first, or give CHAT_TOKEN", Faults.NoAccount);
    }

    private async Task<Finding> UseAsync(Way way, Func<CancellationToken, ValueTask<string?>> token, string whose, CancellationToken ct)
    {
        way.Token = await token(ct);
        var (head, body) = await way.GetAsync("api/account", ct);
        using var _ = head;
        return head.IsSuccessStatusCode
            ? Ok($"{whose}: {JsonSerializer.Deserialize<AccountAnswer>(body, ChatJson.Options)!.User.Name}")
            : Fail($"{whose}: {Refused(head, body)}", Faults.NoAccount);
    }

    /// <summary>Whether the server refused the name by which it was asked.</summary>
    private static bool IsOfHost(string body) =>
        Code(body) is ErrorCodes.Invalid && body.Contains("\"Host: ", StringComparison.Ordinal);

    private static string Refused(HttpResponseMessage head, string body) => Code(body) is { } code ? $"{(int)head.StatusCode} {code}" : $"{(int)head.StatusCode} {head.ReasonPhrase}";

    /// <summary>The code of a refusal by the server itself; null if somebody else refused.</summary>
    internal static string? Code(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.TryGetProperty("code", out var code)
                && Refusal.IsCode(code.GetString()) ? code.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
