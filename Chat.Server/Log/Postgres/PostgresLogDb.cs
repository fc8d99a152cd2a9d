using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log.Postgres;

/// <summary>The log's tables in PostgreSQL: EF Core finds migrations by the type of the context.</summary>
public sealed class PostgresLogDb(DbContextOptions<PostgresLogDb> options) : LogDb(options)
{
    /// <summary>Ids and keys are compared byte by byte, as SQLite does: no locale decides, and none that changes can break an index.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().UseCollation("C");
}
