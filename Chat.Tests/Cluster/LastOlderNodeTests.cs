using Chat.Server.Cluster;

namespace Chat.Tests.Cluster;

/// <summary>Backfills run once more when the last older node has ended.</summary>
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
