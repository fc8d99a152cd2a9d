using System.Net;
using Chat.Contracts;
using Chat.Server.Accounts.Names;
using Chat.Server.Accounts.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>How a name becomes an account.</summary>
public sealed class Registration(
    UserManager<Account> users, AccountsDb db, SignIns signIns, AddressLimits limits, PasswordHashing hashing,
    IOptions<AccountOptions> options,
    TimeProvider time, ILogger<Registration> logger)
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
    public Task<SignedIn> MemberAsync(string? name, string? password, IPAddress? address,
        CancellationToken cancellation)
    {
        var composed = NameRule.Check(name);
        return CreateAsync(UserKind.Member, composed, PasswordRule.CheckNew(password, composed), address, cancellation);
    }

    private async Task<SignedIn> CreateAsync(
        UserKind kind, string name, string? password, IPAddress? address, CancellationToken cancellation)
    {
        limits.TakeAccount(address);
        var now = time.GetUtcNow().UtcDateTime;
        var (normalized, look) = (NameKey.Of(name), NameLook.KeyOf(name));
        // The check compares names that an older node registers meanwhile, too.
        await NameLooks.FillInAsync(db, NameLooks.FewMissing, cancellation);
        await GuestNames.FreeAsync(db, normalized, look, now, options.Value.GuestNameRest, cancellation);
        // Before the password is hashed: that is the costly part.
        await RefuseTakenAsync(normalized, look, cancellation);
        var account = new Account { UserName = name, Kind = kind, Created = now, NameLook = look, OwnsNameLook = true };
        if (password is not null)
            account.PasswordHash = await hashing.HashAsync(account, password, address, cancellation);
        // Saved together with the account: without a sign-in, a guest's name would be free for the next who asks.
        var signIn = signIns.New(account.Id);
        db.SignIns.Add(signIn);
        try
        {
            var result = await users.CreateAsync(account);
            if (!result.Succeeded) throw Taken();
        }
        catch (DbUpdateException e) when (e is not DbUpdateConcurrencyException)
        {
            // If two people register at once, the unique indexes decide.
            await RefuseTakenAsync(normalized, look, CancellationToken.None);
            throw;
        }
        logger.AccountCreated(kind, account.Id);
        return new SignedIn(account.ToUser(), signIn.Id);
    }

    private async Task RefuseTakenAsync(string normalized, string look, CancellationToken cancellation)
    {
        var taken = await db.Users.AsNoTracking()
            .Where(a => (a.NormalizedUserName == normalized || a.NameLook == look) && a.NormalizedUserName != null)
            .Select(a => new { Same = a.NormalizedUserName == normalized, Rests = a.NameRestsUntil != null })
            .ToListAsync(cancellation);
        if (taken.Count == 0) return;
        if (!taken.Exists(a => a.Same))
            throw new ChatException(ErrorCodes.NameTaken, "name: it looks like the name of somebody else");
        throw taken.Exists(a => a.Same && a.Rests)
            ? new ChatException(ErrorCodes.NameTaken,
                "name: a guest had it until recently, and nobody else gets it for a while")
            : Taken();
    }

    private static ChatException Taken() => new(ErrorCodes.NameTaken, "name: somebody else has it");
}
