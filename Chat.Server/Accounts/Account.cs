using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Accounts;

/// <summary>Who somebody is. A guest has no password hash; a guest that can never come back has no normalized name.</summary>
public sealed class Account : IdentityUser
{
    /// <summary>A new account with an id of its own.</summary>
    public Account()
    {
        Id = OpaqueId.New();
    }

    /// <summary>What this account is.</summary>
    public UserKind Kind { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime Created { get; set; }

    /// <summary>
    /// The look of the name (<see cref="Names.NameLook"/>); null where an older node wrote the row and no node has
    /// computed it yet.
    /// </summary>
    public string? NameLook { get; set; }

    /// <summary>
    /// Whether this account alone may have its <see cref="NameLook"/>: true for accounts that were registered since the
    /// server compares looks. The database refuses one of two registrations at the same moment. Older accounts that
    /// look alike keep their names.
    /// </summary>
    public bool OwnsNameLook { get; set; }

    /// <summary>The time, UTC, until which nobody else gets the name of a guest whose sign-ins have ended.</summary>
    public DateTime? NameRestsUntil { get; set; }

    /// <summary>The account as its owner sees it.</summary>
    public User ToUser() => new(Id, UserName!, Kind);
}
