namespace Chat.Client.Console.Doctor.Checks;

/// <summary>One look at the way to the server.</summary>
internal abstract class Check
{
    /// <summary>What is looked at, in a word or two; findings carry it.</summary>
    public abstract string Title { get; }

    /// <summary>Looks. What goes wrong on the way is a finding; whatever is thrown becomes one that fails.</summary>
    public abstract Task<IReadOnlyList<Finding>> RunAsync(Way way, CancellationToken ct);

    /// <summary>Nothing of what follows can be tried if this fails.</summary>
    public virtual bool IsVital => false;

    protected Finding Ok(string seen) => new(Title, Level.Ok, seen);

    protected Finding Warn(string seen, string? fault = null) => new(Title, Level.Warn, seen, fault);

    protected Finding Fail(string seen, string? fault = null) => new(Title, Level.Fail, seen, fault);

    protected Finding Skipped(string seen) => new(Title, Level.Skipped, seen);
}
