using System.Net;
using Chat.Contracts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>How a name becomes an account.</summary>
public sealed class Registration(
    UserManager<Account> users, AccountsDb db, SignIns signIns, AddressLimits limits, IOptions<AccountOptions> options, TimeProvider time,
    ILogger<Registration> logger)
{
    /// <summary>A new guest, signed in.</summary>
    /// <exception cref="ChatException"><c>forbidden</c>, <c>invalid</c>, <c>name_taken</c> or <c>rate_limited</c></exception>
    public Task<SignedIn> GuestAsync(string? name, IPAddress? address, CancellationToken cancellation)
    {
        if (!options.Value.Guests) throw new ChatException(ErrorCodes.Forbidden, "guests are switched off here; register instead");
        return CreateAsync(UserKind.Guest, NameRule.Check(name), null, address, cancellation);
    }

    /// <summary>A new account with a password, signed in.</summary>
    /// <exception cref="ChatException"><c>invalid</c>, <c>name_taken</c> or <c>rate_limited</c></exception>
    public Task<SignedIn> MemberAsync(string? name, string? password, IPAddress? address, CancellationToken cancellation) =>
        CreateAsync(UserKind.Member, NameRule.Check(name), PasswordRule.Check(password), address, cancellation);

    private async Task<SignedIn> CreateAsync(
        UserKind kind, string name, string? password, IPAddress? address, CancellationToken cancellation)
    {
        limits.TakeAccount(address);
        var now = time.GetUtcNow().UtcDateTime;
        await FreeNameAsync(NameKey.Of(name), now, cancellation);
        // Before the password is hashed: that is the costly part.
        if (await IsTakenAsync(name, cancellation)) throw Taken();
        var account = new Account { UserName = name, Kind = kind, Created = now };
        // Saved together with the account: without a sign-in, a guest's name would be free for the next who asks.
        var signIn = signIns.New(account.Id);
        db.SignIns.Add(signIn);
        try
        {
            var result = password is null ? await users.CreateAsync(account) : await users.CreateAsync(account, password);
            if (!result.Succeeded) throw Taken();
        }
        catch (DbUpdateException e) when (e is not DbUpdateConcurrencyException)
        {
            // Two at once: the unique index decides.
            if (await IsTakenAsync(name, CancellationToken.None)) throw Taken();
            throw;
        }
        logger.AccountCreated(kind, account.Id);
        return new SignedIn(account.ToUser(), signIn.Id);
    }

    /// <summary>
    /// A guest with no sign-in left can never come back, so somebody else may have the name. The old account stays, with its id and
    /// what it is called, for what it has written; only nobody finds it by name any more.
    /// </summary>
    private Task<int> FreeNameAsync(string normalized, DateTime now, CancellationToken cancellation) =>
        db.Users
            .Where(a => a.NormalizedUserName == normalized && a.Kind == UserKind.Guest
                && !db.SignIns.Any(s => s.AccountId == a.Id && s.Expires > now))
            .ExecuteUpdateAsync(a => a.SetProperty(g => g.NormalizedUserName, (string?)null), cancellation);

    private Task<bool> IsTakenAsync(string name, CancellationToken cancellation)
    {
        var normalized = NameKey.Of(name);
        return db.Users.AnyAsync(a => a.NormalizedUserName == normalized, cancellation);
    }

    private static ChatException Taken() => new(ErrorCodes.NameTaken, "name: somebody else has it");
}
