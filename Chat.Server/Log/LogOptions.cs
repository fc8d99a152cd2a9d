using Microsoft.Extensions.Options;

namespace Chat.Server.Log;

/// <summary>The section <c>Chat:Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Log";

    /// <summary>The default of <see cref="BatchSize"/>.</summary>
    public const int DefaultBatchSize = 1_000;

    /// <summary>The default of <see cref="Committers"/>.</summary>
    public const int DefaultCommitters = 4;

    /// <summary>
    /// Most writes in one transaction; 1,000, between 1 and 10,000. Bounds how long the first of them waits for the last. With 1, each
    /// write is committed alone: several times slower under load, and good for nothing but comparing.
    /// </summary>
    public int BatchSize { get; init; } = DefaultBatchSize;

    /// <summary>
    /// On PostgreSQL: transactions of this node at the same time, each on a connection of its own; 4, between 1 and 64. A room always belongs to the
    /// same one. SQLite has one writer, whatever this says.
    /// </summary>
    public int Committers { get; init; } = DefaultCommitters;
}

/// <summary>Says at start which key is wrong.</summary>
internal sealed class LogOptionsValidator : IValidateOptions<LogOptions>
{
    public ValidateOptionsResult Validate(string? name, LogOptions options)
    {
        var wrong = new List<string>();
        Range(nameof(options.BatchSize), options.BatchSize, 1, 10_000);
        Range(nameof(options.Committers), options.Committers, 1, 64);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Range(string key, int value, int min, int max)
        {
            if (value < min || value > max)
                wrong.Add($"{LogOptions.Section}:{key} must be between {min} and {max}, not {value}.");
        }
    }
}
