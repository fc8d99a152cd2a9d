using System.Xml.Linq;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Keys;
using Chat.Server.Log;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Tests.Keys;

/// <summary>The keys in a test's database, without a running server.</summary>
internal sealed class KeyStore(string connectionString)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ChatDatabase Database { get; } = ChatDatabase.At(
        connectionString.StartsWith("Host", StringComparison.Ordinal)
            ? connectionString : $"{connectionString};Pooling=False");

    public KeyTable Table => new(Database, TimeProvider.System);

    /// <summary>A database with its tables.</summary>
    public static async Task<KeyStore> MakeAsync(string connectionString)
    {
        var store = new KeyStore(connectionString);
        await store.Database.PrepareAsync(Ct);
        foreach (DbContext db in (DbContext[])[LogDb.Migrating(store.Database), AccountsDb.Migrating(store.Database)])
        {
            await store.Database.MigrateAsync(db, Ct);
            await db.DisposeAsync();
        }
        return store;
    }

    /// <summary>Starts on the database with these master keys, and brings the keys into their form.</summary>
    public async Task<MasterKeyRing> EnterAsync(params string[] masterKeys)
    {
        var ring = new MasterKeyRing { MayEncrypt = true };
        await Table.EnterAsync(ring, MasterKeys.Parse(string.Join('\n', masterKeys), KeyOptions.MasterKey), null);
        await Table.ApplyAsync(ring, Ct);
        return ring;
    }

    /// <summary>The keys as they are stored.</summary>
    public async Task<IReadOnlyList<XElement>> ReadAsync()
    {
        await using var db = new AccountsDb(Database.Options<AccountsDb>(AccountsDb.MigrationsTable));
        return [.. (await db.DataProtectionKeys.Select(k => k.Xml!).ToListAsync(Ct)).Select(xml =>
            XElement.Parse(xml))];
    }

    /// <summary>Writes the database as a version without master keys did.</summary>
    /// <returns>The plain secrets.</returns>
    public async Task<IReadOnlyList<string>> MakeOlderAsync(string masterKey)
    {
        var ring = await EnterAsync(masterKey);
        await Table.KeepPlainAsync(plain: true, ring.Keys);
        await Table.ApplyAsync(ring, Ct);
        await using var db = new AccountsDb(Database.Options<AccountsDb>(AccountsDb.MigrationsTable));
        await db.MasterKeys.ExecuteDeleteAsync(Ct);
        return [.. (await ReadAsync()).SelectMany(k => k.Descendants("value")).Select(v => v.Value)];
    }

    /// <summary>
    /// The framework's own data protection on this database, without master keys, as an older version uses it.
    /// </summary>
    public IDataProtector Older(string purpose) => Protector(purpose, _ => { });

    /// <summary>Data protection as the server uses it.</summary>
    public IDataProtector Protector(string purpose, MasterKeyRing ring) => Protector(purpose, services =>
    {
        services.AddSingleton(ring);
        services.Configure<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>(o =>
            o.XmlEncryptor = new MasterKeyEncryptor(ring));
    });

    private IDataProtector Protector(string purpose, Action<IServiceCollection> more)
    {
        var services = new ServiceCollection();
        services.AddDbContext<AccountsDb>(options => Database.Use(options, AccountsDb.MigrationsTable));
        services.AddDataProtection().SetApplicationName("Chat").PersistKeysToDbContext<AccountsDb>();
        more(services);
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector(purpose);
    }
}
