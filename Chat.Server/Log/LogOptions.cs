using Microsoft.Extensions.Options;

namespace Chat.Server.Log;

/// <summary>The section <c>Chat:Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Log";

    /// <summary>The default of <see cref="BatchSize"/>.</summary>
    public const int DefaultBatchSize = 1_000;

    /// <summary>
    /// Most writes in one transaction; 1,000, between 1 and 10,000. Bounds how long the first of them waits for the last. With 1, each
    /// write is committed alone: several times slower under load, and good for nothing but comparing.
    /// </summary>
    public int BatchSize { get; init; } = DefaultBatchSize;
}

/// <summary>Says at start which key is wrong.</summary>
internal sealed class LogOptionsValidator : IValidateOptions<LogOptions>
{
    public ValidateOptionsResult Validate(string? name, LogOptions options) => options.BatchSize is >= 1 and <= 10_000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{LogOptions.Section}:{nameof(options.BatchSize)} must be between 1 and 10000, not {options.BatchSize}.");
}
