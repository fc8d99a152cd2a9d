using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Log;

/// <summary>For <c>dotnet ef migrations add … --context LogDb --output-dir Log/Sqlite/Migrations</c>.</summary>
internal sealed class LogDbDesign : IDesignTimeDbContextFactory<LogDb>
{
    public LogDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<LogDb>().UseSqlite(ChatDatabase.Default, s => s.MigrationsHistoryTable(LogDb.MigrationsTable)).Options);
}
