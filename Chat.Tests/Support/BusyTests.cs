namespace Chat.Tests.Support;

/// <summary>
/// Tests that keep all cores busy by themselves. They run one after the other, beside the tests of other collections:
/// several of them at a time would leave no server of theirs enough of the machine to start.
/// </summary>
[CollectionDefinition(Name)]
public sealed class BusyTests
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Busy";
}
