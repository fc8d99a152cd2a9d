using Chat.Server.Accounts.Names;
using Chat.Server.Accounts.Passwords;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Accounts;

/// <summary>Puts this folder into the server.</summary>
public static class AccountServices
{
    /// <summary>Accounts, sign-ins, authentication and the keys behind them. Needs <see cref="LimitOptions"/>.</summary>
    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccountOptions>().BindConfiguration(AccountOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccountOptions>, AccountOptionsValidator>();
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, QueryFreeLogs>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddPooledDbContextFactory<AccountsDb>((provider, options) =>
            provider.GetRequiredService<ChatDatabase>().Use(options, AccountsDb.MigrationsTable));
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<AccountsDb>>().CreateDbContext());
        services.AddDataProtection().SetApplicationName("Chat").PersistKeysToDbContext<AccountsDb>();

        services.AddSingleton<ILookupNormalizer, NameNormalizer>();
        // Identity would make a hasher for each request; PasswordHashing needs one that lives as long as the server.
        services.TryAddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        // Names and passwords have rules of their own here, which name the field.
        services.AddIdentityCore<Account>(identity => identity.User.AllowedUserNameCharacters = "").AddEntityFrameworkStores<AccountsDb>();
        services.RemoveAll<IPasswordValidator<Account>>();

        services.AddSingleton<SignIns>();
        services.AddSingleton<SignInRates>();
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<AddressLimits>();
        services.AddSingleton<OriginCheck>();
        services.AddSingleton<LoginLockout>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordHashing.Rounds);
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<AccountSessions>();
        services.AddScoped<Registration>();
        services.AddScoped<PasswordLogin>();
        services.AddHostedService<SignInSweep>();
        services.AddHostedService<NameLooks>();
        services.AddAccountAuthentication();
        return builder;
    }

    /// <summary>Authentication, the check of sign-ins and origins, authorization. After <c>UseProblems</c>.</summary>
    public static WebApplication UseAccounts(this WebApplication app)
    {
        // Made before the first login, which would take longer and so be told apart.
        app.Services.GetRequiredService<PasswordHashing>();
        app.UseAuthentication();
        app.UseMiddleware<SignInCheck>();
        app.UseAuthorization();
        return app;
    }

    /// <summary>Brings the accounts' tables up to date; before the server listens.</summary>
    public static async Task MigrateAccountsAsync(this WebApplication app, CancellationToken cancellation = default)
    {
        var database = app.Services.GetRequiredService<ChatDatabase>();
        await using var db = AccountsDb.Migrating(database);
        await database.MigrateAsync(db, app.Logger, cancellation);
    }
}
