using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>Gets somebody to try with, and a private room of their own.</summary>
internal sealed class AccountCheck : Check
{
    public override string Title => "account";

    public override bool IsVital => true;

    public override async Task<IReadOnlyList<Finding>> RunAsync(Patient patient, CancellationToken ct)
    {
        var finding = patient.Options.Token is { } token ? await UseAsync(patient, token, "the one given", ct) : await BecomeGuestAsync(patient, ct);
        if (finding.Level == Level.Fail)
            return [finding];
        var (head, body) = await patient.PostAsync("api/rooms", new NewRoom($"chat doctor {patient.Run}", RoomKind.Private, "test messages"), ct);
        using var _ = head;
        if (!head.IsSuccessStatusCode)
            return [finding with { Level = Level.Fail, Seen = $"no room to try in: {Refused(head, body)}", Fault = Faults.NoAccount }];
        patient.Room = JsonSerializer.Deserialize<Room>(body, ChatJson.Options);
        return [finding];
    }

    private async Task<Finding> BecomeGuestAsync(Patient patient, CancellationToken ct)
    {
        var (head, body) = await patient.PostAsync("api/account/guest", new GuestRequest($"doctor-{patient.Run}"), ct);
        using var _ = head;
        if (head.IsSuccessStatusCode)
        {
            (patient.Token, patient.IsGuest) = (JsonSerializer.Deserialize<Session>(body, ChatJson.Options)!.AccessToken, true);
            return Ok($"the guest doctor-{patient.Run}, made for this");
        }
        if (Code(body) is not ErrorCodes.Forbidden)
            return Fail($"no guest: {Refused(head, body)}", Faults.NoAccount);
        return patient.Options.TokenIfNoGuests is { } token
            ? await UseAsync(patient, token, "there are no guests; the one signed in here", ct)
            : Fail("guests are switched off on this server, and nobody is signed in here: chat login first, or give CHAT_TOKEN", Faults.NoAccount);
    }

    private async Task<Finding> UseAsync(Patient patient, Func<CancellationToken, ValueTask<string?>> token, string whose, CancellationToken ct)
    {
        patient.Token = await token(ct);
        var (head, body) = await patient.GetAsync("api/account", ct);
        using var _ = head;
        return head.IsSuccessStatusCode
            ? Ok($"{whose}: {JsonSerializer.Deserialize<AccountAnswer>(body, ChatJson.Options)!.User.Name}")
            : Fail($"{whose}: {Refused(head, body)}", Faults.NoAccount);
    }

    private static string Refused(HttpResponseMessage head, string body) => Code(body) is { } code ? $"{(int)head.StatusCode} {code}" : $"{(int)head.StatusCode} {head.ReasonPhrase}";

    /// <summary>The code of a refusal by the server itself; null if somebody else refused.</summary>
    internal static string? Code(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
