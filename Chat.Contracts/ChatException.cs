namespace Chat.Contracts;

/// <summary>A refusal with its code, the same on both sides of the wire.</summary>
/// <param name="code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="text">What a person needs to mend it. Never a secret and never a message body.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class ChatException(string code, string text, Exception? inner = null) : Exception(text, inner)
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>How long to wait before the next try; null where the server did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may be sent again unchanged.</summary>
    public bool MayRetry => ErrorCodes.MayRetry(Code);

    /// <summary>As it travels over the hub: <c>code: text</c>.</summary>
    public override string ToString() => $"{Code}: {Message}";
}
