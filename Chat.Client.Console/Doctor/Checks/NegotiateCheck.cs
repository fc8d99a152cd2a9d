using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>The first request of SignalR: what is offered, and where it sends the client.</summary>
internal sealed class NegotiateCheck : Check
{
    public override string Title => "negotiate";

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var (head, body) = await way.PostAsync($"{Wire.HubPath[1..]}/negotiate?negotiateVersion=1", new object(), ct);
        using var _ = head;
        if (!head.IsSuccessStatusCode)
            return [Fail($"{(int)head.StatusCode} {head.ReasonPhrase}", Faults.NoNegotiation)];
        JsonElement answer;
        try
        {
            answer = JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return [Fail("the answer is not one of SignalR", Faults.NoNegotiation)];
        }
        if (answer.TryGetProperty("url", out var url) && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var to))
        {
            return [to.Authority == way.Server.Authority && to.Scheme == way.Server.Scheme
                ? Ok("one of several nodes, by the same address")
                : Fail($"clients are sent on to {to.Scheme}://{to.Authority}", to.Authority == way.Server.Authority ? Faults.WrongScheme : Faults.WrongHost)];
        }
        return answer.TryGetProperty("availableTransports", out var offered)
            ? [Ok($"offers {string.Join(", ", offered.EnumerateArray().Select(t => t.GetProperty("transport").GetString()))}")]
            : [Fail("the answer is not one of SignalR", Faults.NoNegotiation)];
    }
}
