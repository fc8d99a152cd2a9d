using Chat.Server.Cluster;

namespace Chat.Tests.Cluster;

/// <summary>What older nodes left behind is filled in once more when the last of them has ended.</summary>
public sealed class LastOlderNodeTests
{
    [Fact]
    public void The_last_older_node_is_gone_only_where_there_was_one()
    {
        var gone = new List<bool>();
        var features = new ClusterFeatures(alone: false);
        features.Changed += () => gone.Add(features.IsLastOlderGone);

        features.Learn([ClusterFeatures.Entry()]);
        features.Learn([ClusterFeatures.Entry(), null]);
        features.Learn([ClusterFeatures.Entry(), "members"]);
        features.Learn([ClusterFeatures.Entry()]);

        Assert.Equal([false, false, false, true], gone);
    }
}
