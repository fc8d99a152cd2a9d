using Chat.Server.Hosting;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Chat.Server.Keys;

/// <summary>
/// Sets up the encryption of the keys that protect cookies, tokens and the requests between nodes. The master key for
/// it is not in the database.
/// </summary>
public static class KeysSetup
{
    /// <summary>Call this after <c>AddAccounts</c>, which stores the keys.</summary>
    public static void AddKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KeyOptions>, KeyOptionsRules>();
        services.AddSingleton<MasterKeyRing>();
        services.AddSingleton<MasterKeyEncryptor>();
        services.AddSingleton<KeyTable>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlEncryptor = provider.GetRequiredService<MasterKeyEncryptor>()));
        services.AddSingleton<KeyMigration>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyMigration>());
    }

    /// <summary>
    /// Call this before the tables are changed, so that a node without a master key leaves the database unchanged.
    /// </summary>
    /// <exception cref="StartException">The master key is missing and cannot be made.</exception>
    public static void CheckKeys(this WebApplication app) =>
        MasterKeys.Read(app.Services.GetRequiredService<IOptions<KeyOptions>>().Value,
            app.Services.GetRequiredService<ChatDatabase>());

    /// <summary>Call this after the tables were made and before anything asks for a key.</summary>
    /// <exception cref="StartException">The master key is not the one that the keys are encrypted with.</exception>
    public static async Task PrepareKeysAsync(this WebApplication app)
    {
        var (options, database) = (app.Services.GetRequiredService<IOptions<KeyOptions>>().Value,
            app.Services.GetRequiredService<ChatDatabase>());
        var (given, file) = (MasterKeys.Read(options, database), MasterKeyFile.Of(options, database));
        var logger = app.Services.GetRequiredService<ILogger<KeyMigration>>();
        foreach (var open in file?.Protect() ?? [])
            logger.NotPrivate(open);
        try
        {
            var count = await app.Services.GetRequiredService<KeyTable>()
                .EnterAsync(app.Services.GetRequiredService<MasterKeyRing>(), given, file);
            if (given is null)
                logger.Made(file!.Path);
            await app.Services.GetRequiredService<KeyMigration>().BeginAsync(count);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new StartException($"{ChatDatabase.Key} ({database.Place}): {DatabaseErrors.Describe(e)}", e);
        }
    }
}
