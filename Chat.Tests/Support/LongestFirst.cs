using System.Reflection;
using Chat.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Chat.Tests.Support;

/// <summary>
/// Collections with the longest time limits begin first, so that no long one is left to run alone at the end. Otherwise
/// by name.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Dictionary<string, int> s_limits = typeof(LongestFirst).Assembly.GetTypes()
        .Where(type => type.FullName is not null)
        .GroupBy(type => type.GetCustomAttribute<CollectionAttribute>()?.Name ?? type.FullName!)
        .ToDictionary(collection => collection.Key, collection => collection.Max(LimitOf));

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(c => LimitOf(c.TestCollectionDisplayName))
            .ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];

    /// <summary>
    /// A class without a collection is one of its own, whose name has the class's among its words.
    /// </summary>
    private static int LimitOf(string collection) =>
        collection.Split(' ').Max(word => s_limits.GetValueOrDefault(word));

    private static int LimitOf(Type type) => type.GetMethods().Cast<MemberInfo>().Append(type)
        .Max(member => member.GetCustomAttribute<TimeLimitAttribute>()?.Seconds ?? 0);
}
