using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Chat.Server.Keys;

/// <summary>The keys in the database, and which master keys they are encrypted with. Thread-safe.</summary>
internal sealed class KeyTable(ChatDatabase database, TimeProvider time)
{
    /// <summary>
    /// Runs at the start, after the tables were made. It checks that this node can read every key, makes the master key
    /// if that is allowed, and notes in the database which one is in use. Nodes do this one after the other, so two
    /// nodes with different keys cannot both begin.
    /// </summary>
    /// <param name="ring">Gets the master keys and the one in use.</param>
    /// <param name="given">The node's master keys; null if they are still to be made.</param>
    /// <param name="file">The file in which to make them.</param>
    /// <returns>The number of keys.</returns>
    /// <exception cref="StartException">
    /// A master key is missing or a different one, or a key is damaged. The database is unchanged then.
    /// </exception>
    public async Task<int> EnterAsync(MasterKeyRing ring, MasterKeys? given, MasterKeyFile? file)
    {
        await using var db = Open();
        await using var transaction = await LockAsync(db);
        var (rows, stored) = (await RowsAsync(db), await StoredAsync(db));
        var needed = Needed(rows, stored);
        if (given is null && needed.Count > 0)
        {
            throw new StartException(
                $"{KeyOptions.FileKey} ({file!.Path}): there is no such file, but the keys in the database are "
                + $"encrypted with master key {string.Join(", ", needed)}. Put the file back from your backup. "
                + "If it is lost: \"Chat.Server keys discard\", after which everybody signs in again.");
        }
        var keys = given ?? file!.Make();
        if (needed.Where(id => keys.Find(id) is null).ToList() is { Count: > 0 } missing)
        {
            throw new StartException(
                (file is null ? KeyOptions.MasterKey : $"{KeyOptions.FileKey} ({file.Path})")
                + $": the keys in the database need master key {string.Join(", ", missing)}; "
                + $"given is {string.Join(", ", keys.All.Select(k => k.Id))}. All nodes on one database have the same; "
                + "a former key stays in the file on a line of its own.");
        }
        foreach (var key in stored)
            Check(key, keys);
        if (rows.Count == 0 || (rows.All(r => r.Id != keys.All[0].Id) && rows.Any(r => r.Retired is null)))
        {
            rows.Add(db.MasterKeys.Add(Row(keys.All[0])).Entity);
            await db.SaveChangesAsync();
        }
        await transaction.CommitAsync();
        ring.Set(keys, Current(rows, keys));
        return stored.Count;
    }

    /// <summary>
    /// Brings every key into the form that the database asks for: sealed by the master key in use, if the ring allows
    /// it, or plain. It retires master keys that no key needs any more.
    /// </summary>
    /// <returns>The number of keys that were rewritten.</returns>
    /// <exception cref="CryptographicException">
    /// A master key is in use that this node was not given, or a key is damaged.
    /// </exception>
    public async Task<int> ApplyAsync(MasterKeyRing ring, CancellationToken cancellation)
    {
        await using var db = Open();
        await db.Database.OpenConnectionAsync(cancellation);
        var (rows, stored) = (await RowsAsync(db, cancellation), await StoredAsync(db, cancellation));
        var current = Current(rows, ring.Keys);
        ring.Set(ring.Keys, current);
        if (current is not null && !ring.MayEncrypt)
            return 0;
        // SQLite would leave the overwritten text in unused parts of the file.
        if (database is SqliteDatabase)
            await db.Database.ExecuteSqlRawAsync("PRAGMA secure_delete = ON", cancellation);
        var written = 0;
        foreach (var key in stored)
        {
            if (Wanted(Parse(key), current, ring.Keys) is { } wanted)
            {
                written += await db.DataProtectionKeys.Where(k => k.Id == key.Id && k.Xml == key.Xml)
                    .ExecuteUpdateAsync(set =>
                        set.SetProperty(k => k.Xml, wanted.ToString(SaveOptions.DisableFormatting)), cancellation);
            }
        }
        if (current is not null)
            await RetireAsync(db, current, cancellation);
        if (written > 0)
            await ForgetFormerAsync(db, cancellation);
        return written;
    }

    /// <summary>
    /// Notes that the keys are to stay plain from now on, or no longer. Running nodes see it within half a minute.
    /// </summary>
    public async Task KeepPlainAsync(bool plain, MasterKeys keys)
    {
        await using var db = Open();
        await using var transaction = await LockAsync(db);
        var (rows, now) = (await RowsAsync(db), time.GetUtcNow().UtcDateTime);
        var first = rows.Find(r => r.Id == keys.All[0].Id);
        if (plain)
        {
            foreach (var row in rows)
                row.Retired ??= now;
            if (rows.Count == 0)
                db.MasterKeys.Add(Row(keys.All[0], retired: now));
        }
        else if (first is null or { Retired: not null })
        {
            await db.MasterKeys.Where(r => r.Id == keys.All[0].Id).ExecuteDeleteAsync();
            db.ChangeTracker.Clear();
            db.MasterKeys.Add(Row(keys.All[0])); // with the greatest number
        }
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>
    /// Removes the keys that these master keys cannot decrypt. Cookies and tokens that those keys protected become
    /// invalid, so people sign in again.
    /// </summary>
    /// <returns>The number of removed keys.</returns>
    public async Task<int> DiscardAsync(MasterKeys? keys)
    {
        await using var db = Open();
        await using var transaction = await LockAsync(db);
        var removed = 0;
        foreach (var key in await StoredAsync(db))
        {
            if (MasterKeyIds(key).Any(id => keys?.Find(id) is null))
                removed += await db.DataProtectionKeys.Where(k => k.Id == key.Id).ExecuteDeleteAsync();
        }
        foreach (var row in (await RowsAsync(db)).Where(r => keys?.Find(r.Id) is null))
            db.MasterKeys.Remove(row);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return removed;
    }

    /// <summary>
    /// The master keys that were ever used here, and the number of keys that each of them seals now. The number under
    /// "" counts plain keys.
    /// </summary>
    public async Task<(IReadOnlyList<MasterKeyRow> Rows, IReadOnlyDictionary<string, int> Sealed)> ListAsync()
    {
        await using var db = Open();
        var counts = (await StoredAsync(db)).SelectMany(k => KeyXml.IsPlain(Parse(k)) ? [""] : MasterKeyIds(k))
            .CountBy(id => id).ToDictionary();
        return (await RowsAsync(db), counts);
    }

    private static XElement? Wanted(XElement key, MasterKey? current, MasterKeys keys)
    {
        var ids = KeyXml.MasterKeyIds(key);
        if (current is null)
            return ids.Count > 0 ? KeyXml.Open(key, keys) : null;
        return KeyXml.IsPlain(key) || ids.Any(id => id != current.Id) ? KeyXml.Seal(KeyXml.Open(key, keys), current)
            : null;
    }

    private static List<string> Needed(List<MasterKeyRow> rows, List<DataProtectionKey> stored) =>
        [.. rows.Where(r => r.Retired is null).Select(r => r.Id).Concat(stored.SelectMany(MasterKeyIds)).Distinct()];

    private static IReadOnlyList<string> MasterKeyIds(DataProtectionKey key) => KeyXml.MasterKeyIds(Parse(key));

    private static MasterKey? Current(List<MasterKeyRow> rows, MasterKeys keys) =>
        rows.LastOrDefault(r => r.Retired is null) is not { } row
        ? null
        : keys.Find(row.Id)
            ?? throw new CryptographicException($"master key {row.Id} is in use now, which this node was not given");

    private static XElement Parse(DataProtectionKey key)
    {
        try
        {
            return XElement.Parse(key.Xml ?? "<none/>", LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            return new XElement("none"); // data protection will say what it thinks of it
        }
    }

    private static void Check(DataProtectionKey key, MasterKeys keys)
    {
        try
        {
            KeyXml.Open(Parse(key), keys);
        }
        catch (Exception e) when (e is CryptographicException or XmlException)
        {
            throw new StartException(
                $"{ChatDatabase.Key}: {key.FriendlyName} in the table DataProtectionKeys is damaged, or was changed: "
                    + "its master key does not decrypt it. Restore the table from a backup.", e);
        }
    }

    private static Task<List<MasterKeyRow>> RowsAsync(AccountsDb db, CancellationToken cancellation = default) =>
        db.MasterKeys.OrderBy(r => r.Number).ToListAsync(cancellation);

    private static Task<List<DataProtectionKey>> StoredAsync(AccountsDb db, CancellationToken cancellation = default) =>
        db.DataProtectionKeys.AsNoTracking().OrderBy(k => k.Id).ToListAsync(cancellation);

    private MasterKeyRow Row(MasterKey key, DateTime? retired = null) =>
        new() { Id = key.Id, Made = time.GetUtcNow().UtcDateTime, Retired = retired };

    private AccountsDb Open() => new(database.Options<AccountsDb>(AccountsDb.MigrationsTable));

    private async Task<IDbContextTransaction> LockAsync(AccountsDb db)
    {
        var transaction = await db.Database.BeginTransactionAsync(); // on SQLite the one writer
        if (database is PostgresDatabase)
            await db.Database.ExecuteSqlRawAsync("""LOCK TABLE "MasterKeys" IN SHARE ROW EXCLUSIVE MODE""");
        return transaction;
    }

    private async Task RetireAsync(AccountsDb db, MasterKey current, CancellationToken cancellation)
    {
        var used = (await StoredAsync(db, cancellation)).SelectMany(MasterKeyIds).Append(current.Id).ToHashSet();
        var number = await db.MasterKeys.Where(r => r.Id == current.Id).Select(r => r.Number).SingleAsync(cancellation);
        // A master key that was added after this read is not old.
        var now = time.GetUtcNow().UtcDateTime;
        await db.MasterKeys.Where(r => r.Retired == null && r.Number < number && !used.Contains(r.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Retired, now), cancellation);
    }

    /// <summary>
    /// Removes overwritten text from the database's files, or a copy of the files would still hold it. It does so as
    /// far as possible while others use the database.
    /// </summary>
    private async Task ForgetFormerAsync(AccountsDb db, CancellationToken cancellation)
    {
        try
        {
            await db.Database.ExecuteSqlRawAsync(
                database is PostgresDatabase ? """SET lock_timeout = '2s'; """ : "PRAGMA wal_checkpoint(TRUNCATE)",
                cancellation);
            if (database is PostgresDatabase)
                await db.Database.ExecuteSqlRawAsync("""VACUUM (FULL) "DataProtectionKeys" """, cancellation);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            // Somebody reads the table at this moment; the database's own cleaning comes later.
        }
    }
}
