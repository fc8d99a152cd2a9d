using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Cluster;

/// <summary>For <c>dotnet ef migrations add</c>; see CONTRIBUTING.md.</summary>
internal sealed class NodesDbDesign : IDesignTimeDbContextFactory<NodesDb>
{
    public NodesDb CreateDbContext(string[] args) => new(ChatDatabase.At("Host=localhost;Database=chat").Options<NodesDb>(NodesDb.MigrationsTable));
}
