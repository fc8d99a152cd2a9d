using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Accounts;

/// <summary>
/// Limits how often one sign-in may be prolonged or ended on this node, because both are writes. Callers ask before
/// they ask the database. Only a sealed token or cookie names a sign-in, so nobody can fill the memory with invented
/// ones. Thread-safe.
/// </summary>
public sealed class SignInRates(TimeProvider time)
{
    private const int PerMinute = 10, Burst = 20;

    private readonly TokenBuckets _refreshes = new("refreshes of a sign-in", PerMinute, Burst, time, "minute");
    private readonly TokenBuckets _renewals = new("renewals of a cookie", PerMinute, Burst, time, "minute");
    private readonly TokenBuckets _logouts = new("logouts of a sign-in", PerMinute, Burst, time, "minute");

    /// <summary>Counts new tokens for a refresh token.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public void Refresh(string signInId) => _refreshes.Take(signInId, 1);

    /// <summary>
    /// Counts the end of a sign-in. Apart from refreshes, so that a client gone wrong can still be signed out.
    /// </summary>
    /// <returns>The refusal, <c>rate_limited</c>, or null.</returns>
    public ChatException? CountLogOut(string signInId) => _logouts.TakeOrRefuse(signInId, 1);

    /// <summary>Counts the renewal of a cookie; false: this one waits for a later request.</summary>
    public bool MayRenew(string signInId) => _renewals.TryTake(signInId, 1) is null;
}
