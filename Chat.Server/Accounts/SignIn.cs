namespace Chat.Server.Accounts;

/// <summary>
/// One sign-in of an account: what a cookie or a pair of tokens stands for. While the row is there and has not expired, they are
/// good; once it is gone they are refused, however long they would still last by themselves.
/// </summary>
public sealed class SignIn
{
    /// <summary>The <see cref="ChatClaims.SignIn"/> claim.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required string AccountId { get; init; }

    /// <summary>When the person signed in, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>When it was last prolonged, UTC.</summary>
    public required DateTime Refreshed { get; set; }

    /// <summary>When it ends unless it is prolonged, UTC.</summary>
    public required DateTime Expires { get; set; }
}
