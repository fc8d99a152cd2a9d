using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Accounts.Postgres;

/// <summary>The accounts' tables in PostgreSQL: EF Core finds migrations by the type of the context.</summary>
public sealed class PostgresAccountsDb(DbContextOptions<PostgresAccountsDb> options) : AccountsDb(options)
{
    /// <summary>Ids and names are compared byte by byte, as SQLite does: no locale decides, and none that changes can break an index.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
