using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>The section <c>Chat:Rooms</c>.</summary>
public sealed class RoomOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Rooms";

    /// <summary>
    /// Whether people who share no private or direct room have to ask each other. Null means the decision from the
    /// creation of the database: on in a new one, and off in one that was used before there was this option.
    /// </summary>
    public bool? Consent { get; init; }

    /// <summary>
    /// Most people whom one person blocks, and most direct rooms that one person has refused; 1,000, between 1 and
    /// 10,000.
    /// </summary>
    public int MaxBlocked { get; init; } = 1_000;

    /// <summary>
    /// Most requests, and most invitations, that one person has made and that nobody has accepted; 200, between 1 and
    /// 10,000.
    /// </summary>
    public int MaxOpenRequests { get; init; } = 200;

    /// <summary>Most requests, and most invitations, that wait for one person; 500, between 1 and 10,000.</summary>
    public int MaxWaitingRequests { get; init; } = 500;
}

/// <summary>Reports a wrong key at the start.</summary>
internal sealed class RoomOptionsValidator : IValidateOptions<RoomOptions>
{
    public ValidateOptionsResult Validate(string? name, RoomOptions options)
    {
        var wrong = new List<string>();
        Range(nameof(options.MaxBlocked), options.MaxBlocked);
        Range(nameof(options.MaxOpenRequests), options.MaxOpenRequests);
        Range(nameof(options.MaxWaitingRequests), options.MaxWaitingRequests);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Range(string key, int value)
        {
            if (value is < 1 or > 10_000)
                wrong.Add($"{RoomOptions.Section}:{key} must be between 1 and 10000, not {value}.");
        }
    }
}
