using Chat.Server.Accounts.Postgres;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Chat.Server.Accounts;

/// <summary>
/// Accounts, their sign-ins, and the keys that protect cookies and tokens, so that every node on this database reads them.
/// It shares the database, but neither tables nor migrations, with the log.
/// </summary>
public class AccountsDb : IdentityDbContext<Account>, IDataProtectionKeyContext
{
    /// <summary>Where EF Core notes which migrations have been applied.</summary>
    public const string MigrationsTable = "__AccountsMigrations";

    public AccountsDb(DbContextOptions<AccountsDb> options) : base(options)
    {
    }

    protected AccountsDb(DbContextOptions options) : base(options)
    {
    }

    /// <summary>The sign-ins that have not ended.</summary>
    public DbSet<SignIn> SignIns => Set<SignIn>();

    /// <summary>Recent wrong passwords by name.</summary>
    public DbSet<FailedLogin> FailedLogins => Set<FailedLogin>();

    /// <inheritdoc/>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>The master keys that encrypt the data protection keys now, and former ones.</summary>
    public DbSet<MasterKeyRow> MasterKeys => Set<MasterKeyRow>();

    /// <summary>One that knows the migrations of a database; for everything else the model is the same.</summary>
    public static AccountsDb Migrating(ChatDatabase database) => database is PostgresDatabase
        ? new PostgresAccountsDb(database.Options<PostgresAccountsDb>(MigrationsTable))
        : new AccountsDb(database.Options<AccountsDb>(MigrationsTable));

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Account>(account =>
        {
            account.ToTable("Accounts");
            account.Property(a => a.Kind).HasConversion<string>().HasMaxLength(16);
            // A database of an older version has no value here, and nodes of an older version write none.
            account.Property(a => a.OwnsNameLook).HasDefaultValue(false);
            account.HasIndex(a => a.NameLook);
            account.HasIndex(a => a.NameLook, "IX_Accounts_OwnNameLook").IsUnique().HasFilter("\"OwnsNameLook\"");
        });
        builder.Entity<IdentityUserClaim<string>>().ToTable("AccountClaims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("AccountLogins");
        builder.Entity<IdentityUserToken<string>>().ToTable("AccountTokens");
        builder.Entity<IdentityUserRole<string>>().ToTable("AccountRoles");
        builder.Entity<IdentityRole>().ToTable("Roles");
        builder.Entity<IdentityRoleClaim<string>>().ToTable("RoleClaims");
        builder.Entity<SignIn>(signIn =>
        {
            signIn.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
            signIn.HasIndex(s => s.Expires);
        });
        builder.Entity<MasterKeyRow>(key =>
        {
            key.ToTable("MasterKeys").HasKey(k => k.Number);
            key.Property(k => k.Id).IsRequired().HasMaxLength(16);
            key.HasIndex(k => k.Id).IsUnique();
        });
        builder.Entity<FailedLogin>(failed =>
        {
            failed.HasKey(f => f.Name);
            failed.HasIndex(f => f.Last);
        });
    }

    /// <summary>SQLite forgets that a time was UTC.</summary>
    private sealed class UtcConverter()
        : ValueConverter<DateTime, DateTime>(written => written, read => DateTime.SpecifyKind(read, DateTimeKind.Utc));
}
