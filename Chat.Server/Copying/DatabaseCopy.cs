using System.Diagnostics;
using System.Globalization;
using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Copying;

/// <summary>
/// The course of a copy: make the tables, copy them in the order of their keys, page by page, each page in a transaction of its own, then read both
/// sides again and compare. What the target's newest row of a table is says where to go on.
/// </summary>
internal sealed class DatabaseCopy(ChatDatabase source, ChatDatabase target, TextWriter output, TextWriter progress)
{
    private static readonly TimeSpan s_sayEvery = TimeSpan.FromSeconds(1);

    /// <summary>True if both have the same in the end.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (source.Place == target.Place)
            throw new CopyException("--from and --to are the same database");
        var (sourceTables, targetTables) = await PrepareAsync(cancellation);
        await using var from = await CopyEnd.OpenAsync("--from", source, cancellation);
        await using var to = await CopyEnd.OpenAsync("--to", target, cancellation);

        await BeginAsync(to, targetTables, cancellation);
        var pairs = targetTables.Select(t => (From: sourceTables.Single(s => s.Name == t.Name), To: t)).ToList();
        foreach (var (fromTable, toTable) in pairs)
            await CopyAsync(from, fromTable, to, toTable, cancellation);
        await to.ContinueNumbersAsync(targetTables, cancellation);

        var same = true;
        await output.WriteLineAsync($"{"table",-20} {"rows",12}  SHA-256");
        foreach (var (fromTable, toTable) in pairs)
            same &= await CompareAsync(from, fromTable, to, toTable, cancellation);
        if (!same)
        {
            await progress.WriteLineAsync($"Chat cannot copy: {target.Place} does not have what {source.Place} has. Empty it and copy again.");
            return false;
        }
        await to.EndAsync(cancellation);
        await progress.WriteLineAsync($"{target.Place} has everything that {source.Place} has");
        return true;
    }

    private async Task<(IReadOnlyList<CopyTable> Source, IReadOnlyList<CopyTable> Target)> PrepareAsync(CancellationToken cancellation)
    {
        if (source is SqliteDatabase && !File.Exists(source.Place))
            throw new CopyException($"--from ({source.Place}): there is no such file");
        await target.PrepareAsync(cancellation);
        await using DbContext sourceLog = LogDb.Migrating(source), sourceAccounts = AccountsDb.Migrating(source);
        await using DbContext targetLog = LogDb.Migrating(target), targetAccounts = AccountsDb.Migrating(target);
        foreach (var db in (DbContext[])[sourceLog, sourceAccounts])
        {
            if (await IsOutdatedAsync(db, cancellation))
                throw new CopyException($"--from ({source.Place}): its tables are not those of this version. Start a server of this version on it once.");
        }
        foreach (var db in (DbContext[])[targetLog, targetAccounts])
            await target.MigrateAsync(db, cancellation);
        return (CopyTable.Of(sourceAccounts, sourceLog), CopyTable.Of(targetAccounts, targetLog));
    }

    private async Task<bool> IsOutdatedAsync(DbContext db, CancellationToken cancellation)
    {
        try
        {
            return (await db.Database.GetPendingMigrationsAsync(cancellation)).Any();
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new CopyException($"--from ({source.Place}): {DatabaseErrors.Describe(e)}");
        }
    }

    /// <summary>The target is empty but for what its migrations put there, or has what an interrupted copy from this source left.</summary>
    private async Task BeginAsync(CopyEnd to, IReadOnlyList<CopyTable> tables, CancellationToken cancellation)
    {
        switch (await to.CopiedFromAsync(cancellation))
        {
            case null:
                foreach (var table in tables)
                {
                    if (await to.CountAsync(table, cancellation) > table.SeededRows)
                        throw new CopyException($"--to ({target.Place}): there is something in {table.Name} already. Copy into an empty database.");
                }
                await to.BeginAsync(source.Place, tables, cancellation);
                break;
            case var other when other != source.Place:
                throw new CopyException($"--to ({target.Place}): a copy of {other} was begun there. Go on with that one, or copy into an empty database.");
            default:
                await progress.WriteLineAsync($"going on with the copy of {source.Place}");
                break;
        }
    }

    private async Task CopyAsync(CopyEnd from, CopyTable fromTable, CopyEnd to, CopyTable toTable, CancellationToken cancellation)
    {
        var (all, done) = (await from.CountAsync(fromTable, cancellation), await to.CountAsync(toTable, cancellation));
        var after = await to.LastKeyAsync(toTable, cancellation);
        var said = Stopwatch.GetTimestamp();
        while (await from.PageAsync(fromTable, after, cancellation) is { Count: > 0 } page)
        {
            await to.InsertAsync(toTable, page, cancellation);
            CrashPoint.Reach(CrashPoint.PageCopied);
            after = toTable.KeyOf(page[^1]);
            done += page.Count;
            if (Stopwatch.GetElapsedTime(said) < s_sayEvery)
                continue;
            said = Stopwatch.GetTimestamp();
            await SayAsync();
        }
        await SayAsync();

        Task SayAsync() => progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{toTable.Name}: {done} of {all}"));
    }

    private async Task<bool> CompareAsync(CopyEnd from, CopyTable fromTable, CopyEnd to, CopyTable toTable, CancellationToken cancellation)
    {
        var (wanted, found) = (await from.SumAsync(fromTable, cancellation), await to.SumAsync(toTable, cancellation));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{toTable.Name,-20} {found.Rows,12}  {found.Hash}"));
        if (wanted == found)
            return true;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{"  differs from",-20} {wanted.Rows,12}  {wanted.Hash}"));
        return false;
    }
}
