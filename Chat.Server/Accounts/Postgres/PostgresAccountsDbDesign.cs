using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Accounts.Postgres;

/// <summary>For <c>dotnet ef migrations add</c>; see CONTRIBUTING.md.</summary>
internal sealed class PostgresAccountsDbDesign : IDesignTimeDbContextFactory<PostgresAccountsDb>
{
    public PostgresAccountsDb CreateDbContext(string[] args) =>
        (PostgresAccountsDb)AccountsDb.Migrating(ChatDatabase.At("Host=localhost;Database=chat"));
}
