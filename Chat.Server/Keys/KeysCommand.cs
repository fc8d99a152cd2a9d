using System.Globalization;
using System.Security.Cryptography;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Keys;

/// <summary>
/// <c>Chat.Server keys …</c>: the operator's commands for the master key and the keys that it encrypts.
/// </summary>
public static class KeysCommand
{
    /// <summary>The first argument that selects this command instead of the server.</summary>
    public const string Name = "keys";

    private const int Done = 0, Failed = 1, Usage = 64;

    /// <param name="args">
    /// The arguments after <see cref="Name"/>: a verb, and then configuration as on a server's command line.
    /// </param>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>Runs the command inside another process, such as a test.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error,
        Action<IConfigurationBuilder>? configure = null)
    {
        if (args is ["new"])
        {
            await output.WriteLineAsync(MasterKey.NewText());
            return Done;
        }
        if (args is not [("list" or "plain" or "encrypt" or "discard" or "revoke") and var verb, .. var settings])
        {
            await error.WriteLineAsync(
                """
                Chat.Server keys new        prints a new master key
                Chat.Server keys list       which master keys are in use, and how many keys each of them encrypts
                Chat.Server keys plain      decrypts the keys, and leaves them so: before an older version starts on this database
                Chat.Server keys encrypt    encrypts them again
                Chat.Server keys discard    removes the keys whose master key is lost: everybody signs in again
                Chat.Server keys revoke     ends all keys that there are: everybody signs in again; then restart all servers
                After the verb, settings as for a server (--ConnectionStrings:Chat "…"); it reads the same files and variables.
                """);
            return Usage;
        }
        try
        {
            var builder = Starting.NewBuilder(settings);
            builder.AddSecretFiles();
            configure?.Invoke(builder.Configuration);
            var (database, options) = (ChatDatabase.From(builder.Configuration),
                builder.Configuration.GetSection(KeyOptions.Section).Get<KeyOptions>() ?? new KeyOptions());
            return await RunAsync(verb, database, options, output);
        }
        catch (Exception e) when (e is StartException or CryptographicException)
        {
            await error.WriteLineAsync($"Chat keys: {e.Message}");
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            await error.WriteLineAsync($"Chat keys: {DatabaseErrors.Describe(e)}");
        }
        return Failed;
    }

    private static async Task<int> RunAsync(string verb, ChatDatabase database, KeyOptions options, TextWriter output)
    {
        if (database is SqliteDatabase && !File.Exists(database.Place))
            throw new StartException($"{ChatDatabase.Key} ({database.Place}): there is no such file");
        await using (var db = AccountsDb.Migrating(database))
        {
            if ((await db.Database.GetPendingMigrationsAsync()).Any())
                throw new StartException(
                    $"{ChatDatabase.Key} ({database.Place}): its tables are not those of this version. Start a server "
                        + "of this version on it once.");
        }
        var table = new KeyTable(database, TimeProvider.System);
        switch (verb)
        {
            case "list":
                await ListAsync(table, output);
                break;
            case "discard":
                await output.WriteLineAsync(
                    $"removed {await table.DiscardAsync(MasterKeys.Read(options, database))} keys");
                break;
            case "revoke":
                Revoke(database, await RingAsync(table, options, database));
                await output.WriteLineAsync("revoked all keys; now restart all servers on this database");
                break;
            default:
                var ring = await RingAsync(table, options, database);
                await table.KeepPlainAsync(plain: verb == "plain", ring.Keys);
                if (verb == "plain")
                    await output.WriteLineAsync(
                        $"decrypted {await table.ApplyAsync(ring, CancellationToken.None)} keys; they stay plain until "
                            + "\"keys encrypt\"");
                else
                    await output.WriteLineAsync(
                        "the servers encrypt them: one that runs within a minute, any other when it starts");
                break;
        }
        return Done;
    }

    private static async Task<MasterKeyRing> RingAsync(KeyTable table, KeyOptions options, ChatDatabase database)
    {
        var ring = new MasterKeyRing();
        await table.EnterAsync(ring, MasterKeys.Read(options, database), MasterKeyFile.Of(options, database));
        return ring;
    }

    private static async Task ListAsync(KeyTable table, TextWriter output)
    {
        var (rows, counts) = await table.ListAsync();
        foreach (var row in rows)
        {
            var state = row.Retired is { } end
                ? string.Create(CultureInfo.InvariantCulture, $"retired {end:yyyy-MM-dd}")
                : "in use";
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Id}  since {row.Made:yyyy-MM-dd}  {state,-18}  {counts.GetValueOrDefault(row.Id)} keys"));
        }
        await output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"not encrypted: {counts.GetValueOrDefault("")} keys"));
    }

    private static void Revoke(ChatDatabase database, MasterKeyRing ring)
    {
        var services = new ServiceCollection();
        services.AddSingleton(ring);
        services.AddDbContext<AccountsDb>(options => database.Use(options, AccountsDb.MigrationsTable));
        services.AddDataProtection().SetApplicationName("Chat").PersistKeysToDbContext<AccountsDb>();
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IKeyManager>().RevokeAllKeys(DateTimeOffset.UtcNow, "Chat.Server keys revoke");
    }
}
