using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Cluster;

/// <summary>For <c>dotnet ef migrations add</c>; see CONTRIBUTING.md.</summary>
internal sealed class NodesDbDesign : IDesignTimeDbContextFactory<NodesDb>
{
    public NodesDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<NodesDb>();
        ChatDatabase.At("Host=localhost;Database=chat").Use(options, NodesDb.MigrationsTable);
        return new NodesDb(options.Options);
    }
}
