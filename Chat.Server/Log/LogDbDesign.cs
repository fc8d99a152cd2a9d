using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Log;

/// <summary>For <c>dotnet ef migrations add</c>; see CONTRIBUTING.md.</summary>
internal sealed class LogDbDesign : IDesignTimeDbContextFactory<LogDb>
{
    public LogDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<LogDb>();
        new ChatDatabase(ChatDatabase.Default).Use(options, LogDb.MigrationsTable);
        return new LogDb(options.Options);
    }
}
