using System.Net;
using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>How a name and a password become an account again, without telling which names exist.</summary>
internal sealed class PasswordLogin(
    UserManager<Account> users, IPasswordHasher<Account> hasher, LoginLockout lockout, AddressLimits limits, SignIns signIns,
    NobodysPassword nobody, ILogger<PasswordLogin> logger)
{
    /// <summary>Signs in the account with this name and password.</summary>
    /// <exception cref="ChatException"><c>invalid</c>, <c>unauthenticated</c> or <c>rate_limited</c></exception>
    public async Task<SignedIn> LogInAsync(string? name, string? password, IPAddress? address, CancellationToken cancellation)
    {
        var composed = NameRule.Check(name);
        if (string.IsNullOrEmpty(password)) throw new ChatException(ErrorCodes.Invalid, "password: missing");
        limits.TakeLogin(address);
        Account? account = null;
        var (right, failures) = await lockout.TryAsync(NameKey.Of(composed), CheckAsync, cancellation);
        if (failures == LoginLockout.Tries) logger.NameLocked(account?.Id, LoginLockout.Duration);
        if (!right) throw new ChatException(ErrorCodes.Unauthenticated, "name or password: wrong");
        limits.ReturnLogin(address);
        var signIn = await signIns.StartAsync(account!.Id, cancellation);
        return new SignedIn(account.ToUser(), signIn.Id);

        async Task<bool> CheckAsync()
        {
            account = await users.FindByNameAsync(composed);
            if (account?.PasswordHash is not null) return await users.CheckPasswordAsync(account, PasswordRule.Compose(password));
            // A name without a password takes as long as a wrong password.
            hasher.VerifyHashedPassword(nobody.Account, nobody.Hash, PasswordRule.Compose(password));
            return false;
        }
    }
}

/// <summary>A hash that no password matches, to spend the same time on names that do not exist.</summary>
internal sealed class NobodysPassword
{
    public NobodysPassword(IOptions<PasswordHasherOptions> options)
    {
        Hash = new PasswordHasher<Account>(options).HashPassword(Account, OpaqueId.New() + OpaqueId.New());
    }

    public Account Account { get; } = new();

    public string Hash { get; }
}
