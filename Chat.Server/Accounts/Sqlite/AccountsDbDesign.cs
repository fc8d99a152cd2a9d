using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Design;

namespace Chat.Server.Accounts.Sqlite;

/// <summary>
/// Makes the context for <c>dotnet ef migrations add</c>, which would otherwise start a server to find it; see
/// CONTRIBUTING.md.
/// </summary>
internal sealed class AccountsDbDesign : IDesignTimeDbContextFactory<AccountsDb>
{
    public AccountsDb CreateDbContext(string[] args) =>
        new(ChatDatabase.At(ChatDatabase.Default).Options<AccountsDb>(AccountsDb.MigrationsTable));
}
