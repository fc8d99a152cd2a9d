using Chat.Contracts;
using Chat.Server.Accounts.Passwords;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Accounts;

/// <summary>How a name and a password become an account again, without telling which names exist.</summary>
internal sealed class PasswordLogin(
    UserManager<Account> users, LoginLockout lockout, AddressLimits limits, KnownDevices devices, SignIns signIns,
    PasswordHashing hashing,
    ILogger<PasswordLogin> logger)
{
    /// <summary>Signs in the account with this name and password.</summary>
    /// <exception cref="ChatException"><c>invalid</c>, <c>unauthenticated</c> or <c>rate_limited</c></exception>
    public async Task<SignedIn> LogInAsync(PasswordRequest asked, HttpRequest request, CancellationToken cancellation)
    {
        var composed = NameRule.CheckKnown(asked.Name);
        if (string.IsNullOrEmpty(asked.Password)) throw new ChatException(ErrorCodes.Invalid, "password: missing");
        var (password, address) = (PasswordRule.Compose(asked.Password),
            request.HttpContext.Connection.RemoteIpAddress);
        var account = await users.FindByNameAsync(composed);
        var device = account is null ? null : devices.Find(request, asked.DeviceToken, account.Id);
        // A known device has tries of its own, so tries of strangers who share its address do not count.
        if (device is null) limits.TakeLogin(address);
        var (right, failures) = await lockout.TryAsync(NameKey.Of(composed), device, address, CheckAsync, cancellation);
        if (failures == LoginLockout.Tries) logger.NameLocked(account?.Id, LoginLockout.Duration);
        if (!right) throw new ChatException(ErrorCodes.Unauthenticated, "name or password: wrong");
        if (device is null) limits.ReturnLogin(address);
        var signIn = await signIns.StartAsync(account!.Id, cancellation);
        return new SignedIn(account.ToUser(), signIn.Id);

        // CheckPasswordAsync hashes a password again that was hashed with fewer rounds.
        Task<bool> CheckAsync() =>
            hashing.VerifyAsync(account, password, () => users.CheckPasswordAsync(account!, password), address,
                device is not null, cancellation);
    }
}
