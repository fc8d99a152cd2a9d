namespace Chat.Contracts;

/// <summary>
/// Names of what a server can do beyond the first version of the wire contract. A server lists a feature only once
/// every node of its cluster has it; a client sends nothing that belongs to a feature which is not listed.
/// </summary>
public static class Features
{
    /// <summary>Paged member lists, <c>memberCount</c>, <c>owner</c> and <c>moderators</c> of a room.</summary>
    public const string Members = "members";

    /// <summary>Requests, invitations and blocking between people who do not know each other.</summary>
    public const string Consent = "consent";

    /// <summary>Events carry the generation of the store that wrote them.</summary>
    public const string Generations = "generations";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Members, Consent, Generations];
}
