namespace Chat.Contracts;

/// <summary>
/// The error codes of the wire contract. Over HTTP they stand in the <c>code</c> member of a problem
/// document (RFC 9457); over the hub in front of the text: <c>HubException: code: text</c>.
/// </summary>
public static class ErrorCodes
{
    /// <summary>No valid credentials, or they have expired. HTTP 401.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>Known, but not allowed to do this. HTTP 403.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>No such thing, or none that a stranger may know of. HTTP 404.</summary>
    public const string NotFound = "not_found";

    /// <summary>A value is missing or out of its range; the text names the field. HTTP 400.</summary>
    public const string Invalid = "invalid";

    /// <summary>Larger than the limit that the text names. HTTP 413.</summary>
    public const string TooLarge = "too_large";

    /// <summary>More than the rate allows. HTTP 429 with <c>Retry-After</c>. May be repeated as it is.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The client id was used before in this room by this sender, with other content. HTTP 409.</summary>
    public const string KeyReused = "key_reused";

    /// <summary>Somebody else has this name. HTTP 409.</summary>
    public const string NameTaken = "name_taken";

    /// <summary>
    /// The event at this number is not there, or is another one: forget the room's events and start over. HTTP 409, on
    /// plain feeds only.
    /// </summary>
    public const string Reset = "reset";

    /// <summary>The server cannot do it now; nothing was acknowledged. HTTP 503. May be repeated as it is.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>
    /// A limit "in all" is reached. HTTP 403. Never to be repeated as it is: time alone does not help.
    /// </summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>
    /// The password is right, and a second factor is needed: log in again with a <c>code</c>. HTTP 401.
    /// </summary>
    public const string SecondFactor = "second_factor";

    /// <summary>The account, or registration, is closed. HTTP 403, only at login and registration.</summary>
    public const string Closed = "closed";

    /// <summary>Whether the same request may be sent again unchanged.</summary>
    public static bool MayRetry(string code) => code is RateLimited or Unavailable;
}
