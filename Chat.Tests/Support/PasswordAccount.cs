using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Tests.Support;

/// <summary>An account that may have several sign-ins at a time, unlike a guest.</summary>
internal static class PasswordAccount
{
    /// <summary>Begins a sign-in, whose token the client sends from then on.</summary>
    /// <param name="http">The client.</param>
    /// <param name="how"><c>register</c> for the first sign-in, <c>login</c> for others.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task SignInAsync(HttpClient http, string how, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync(
            $"/api/account/{how}", new PasswordRequest("dora", "correct horse battery"), ChatJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        var session = await answer.Content.ReadFromJsonAsync<Session>(ChatJson.Options, ct);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session!.AccessToken);
    }
}
