using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>The section <c>Chat:Accounts</c>.</summary>
public sealed class AccountOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Accounts";

    /// <summary>Whether a name alone is enough to take part.</summary>
    public bool Guests { get; init; } = true;

    /// <summary>How long an access token is good; one hour, at least one minute.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a sign-in lasts after it was last refreshed; 30 days, at least as long as an access token.</summary>
    public TimeSpan SignInLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long the name of a guest whose sign-ins have ended is kept from everybody else; 90 days, at least zero.
    /// </summary>
    public TimeSpan GuestNameRest { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Passwords that are hashed at the same time on this node; 0, the default, stands for half of the processors, at
    /// least one.
    /// </summary>
    public int HashingAtOnce { get; init; }

    /// <summary>Requests of one address that may wait for their password to be hashed; 16.</summary>
    public int HashingQueuePerAddress { get; init; } = 16;

    /// <summary>Wrong passwords a minute from one address before it has to wait; 30. Right ones do not count.</summary>
    public int FailedLoginsPerMinute { get; init; } = 30;

    /// <summary>
    /// Origins (<c>https://chat.example</c>), besides the server's own, whose pages may act with the cookie. Needed too behind a
    /// proxy that ends TLS without telling the server so.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];
}

/// <summary>Says at start which key is wrong.</summary>
internal sealed class AccountOptionsValidator : IValidateOptions<AccountOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountOptions options)
    {
        var wrong = new List<string>();
        if (options.AccessTokenLifetime < TimeSpan.FromMinutes(1) || options.AccessTokenLifetime > TimeSpan.FromDays(365))
            Wrong(nameof(options.AccessTokenLifetime), "between one minute and 365 days (d.hh:mm:ss)");
        if (options.SignInLifetime < options.AccessTokenLifetime || options.SignInLifetime > TimeSpan.FromDays(3650))
            Wrong(nameof(options.SignInLifetime), "between the access token's lifetime and 3650 days (d.hh:mm:ss)");
        if (options.FailedLoginsPerMinute < 1)
            Wrong(nameof(options.FailedLoginsPerMinute), "at least 1");
        if (options.GuestNameRest < TimeSpan.Zero || options.GuestNameRest > TimeSpan.FromDays(3650))
            Wrong(nameof(options.GuestNameRest), "between zero and 3650 days (d.hh:mm:ss)");
        if (options.HashingAtOnce is < 0 or > 1024)
            Wrong(nameof(options.HashingAtOnce), "between 0 and 1024");
        if (options.HashingQueuePerAddress is < 1 or > 10_000)
            Wrong(nameof(options.HashingQueuePerAddress), "between 1 and 10000");
        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (Origin.Parse(options.Origins[i]) is null)
                Wrong($"{nameof(options.Origins)}:{i}", "an origin like https://chat.example");
        }
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Wrong(string key, string range) => wrong.Add($"{AccountOptions.Section}:{key} must be {range}.");
    }
}
