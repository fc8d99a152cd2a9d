using Chat.Server.Hosting;
using Chat.Server.Log.Postgres;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Log;

/// <summary>For <c>dotnet ef migrations add</c>; see CONTRIBUTING.md.</summary>
internal sealed class LogDbDesign : IDesignTimeDbContextFactory<LogDb>
{
    public LogDb CreateDbContext(string[] args) => LogDb.Migrating(ChatDatabase.At(ChatDatabase.Default));
}

/// <inheritdoc cref="LogDbDesign"/>
internal sealed class PostgresLogDbDesign : IDesignTimeDbContextFactory<PostgresLogDb>
{
    public PostgresLogDb CreateDbContext(string[] args) => (PostgresLogDb)LogDb.Migrating(ChatDatabase.At("Host=localhost;Database=chat"));
}
