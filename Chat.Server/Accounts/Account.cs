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

    /// <summary>The account as its owner sees it.</summary>
    public User ToUser() => new(Id, UserName!, Kind);
}
