using System.Globalization;
using Chat.Contracts;

namespace Chat.Client.Console.Doctor.Checks;

/// <summary>
/// Whether the way takes what the server takes: the largest message, and a request of 64 KiB, whose text is too long for a message. The server says
/// so in its own words (<c>too_large</c>); whoever refuses it in others stands before it.
/// </summary>
internal sealed class SizeCheck : Check
{
    private const int Largest = 16_000;
    private const int Request = Limits.HubMessageBytes - 512;

    public override string Title => "size";

    public override async Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct)
    {
        var message = await TryAsync(way, Largest, ct);
        var request = await TryAsync(way, Request, ct);
        return
        [
            (message, request) switch
            {
                (null, null) => Ok(string.Create(CultureInfo.InvariantCulture, $"requests of {Request / 1024} KiB reach the server")),
                (null, { } why) => Warn(string.Create(CultureInfo.InvariantCulture, $"messages of {Largest / 1000} KB pass, a request of {Request / 1024} KiB does not: {why}"), Faults.BodyLimit),
                ({ } why, _) => Fail(string.Create(CultureInfo.InvariantCulture, $"a message of {Largest / 1000} KB does not pass: {why}"), Faults.BodyLimit),
            },
        ];
    }

    /// <summary>Null if the server itself took or refused it.</summary>
    private static async Task<string?> TryAsync(Way way, int bytes, CancellationToken ct)
    {
        try
        {
            var (head, body) = await way.PostAsync($"api/rooms/{way.Room!.Id}/messages", way.NewMessage(new string('x', bytes)), ct);
            using var _ = head;
            return head.IsSuccessStatusCode || AccountCheck.Code(body) is not null ? null : $"{(int)head.StatusCode} {head.ReasonPhrase}, not from the server";
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            // Some hang up in the middle of what they do not like.
            return e.InnerException?.Message ?? e.Message;
        }
    }
}
