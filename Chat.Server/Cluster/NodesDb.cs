using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Cluster;

/// <summary>
/// The registry's one table. In the database and not in Redis, so that requests find their node while Redis is down or was flushed. Only on PostgreSQL:
/// a file belongs to one server.
/// </summary>
public sealed class NodesDb(DbContextOptions<NodesDb> options) : DbContext(options)
{
    /// <summary>Where EF Core notes which migrations have been applied.</summary>
    public const string MigrationsTable = "__ClusterMigrations";

    /// <summary>The nodes that have not said goodbye, and not been silent for long.</summary>
    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<NodeRow>(node =>
    {
        node.ToTable("Nodes").HasKey(n => n.Id);
        node.Property(n => n.Id).HasMaxLength(32);
    });
}

/// <summary>A process that runs, or did a moment ago.</summary>
public sealed class NodeRow
{
    /// <summary>Made at random when it started.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is reached.</summary>
    public required string Url { get; init; }

    /// <summary>The program's version, for people.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// The node's features, separated by blanks (<see cref="ClusterFeatures.Known"/>); null from a node that is older
    /// than this column.
    /// </summary>
    public string? Features { get; init; }

    /// <summary>When it last said that it is there, by the database's clock.</summary>
    public DateTime Seen { get; init; }
}
