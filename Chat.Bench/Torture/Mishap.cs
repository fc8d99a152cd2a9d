namespace Chat.Bench.Torture;

/// <summary>Something that can be done to a part of the lab, and undone.</summary>
/// <param name="Kind">What, such as <c>node killed</c>; reports count by it.</param>
/// <param name="Target">To whom. One at a time happens to a target.</param>
/// <param name="Ways">What carries its traffic.</param>
/// <param name="Begin">Does it.</param>
/// <param name="End">Undoes it, and returns when the part works again. Called once, and always.</param>
internal sealed record Mishap(
    string Kind, string Target, IReadOnlyList<Way> Ways, Func<CancellationToken, Task> Begin, Func<CancellationToken, Task> End)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Target}";
}
