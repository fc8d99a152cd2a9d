using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Cluster;

/// <summary>A node that was seen lately, its features, and the time of the read by the database's clock.</summary>
internal sealed record SeenNode(string Id, string Url, string? Features, DateTime Now);

/// <summary>
/// The statements of the registry. Every time is the database's, so that a node whose clock is wrong is neither dead nor immortal. Each call is
/// bounded in time: a database that stalls must not hold up the beats after it. Thread-safe.
/// </summary>
internal sealed class NodeTable(IDbContextFactory<NodesDb> databases)
{
    /// <summary>Who has said nothing for this long is not alive.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(1);

    private static readonly string s_version = ServerVersion.Text;
    private static readonly string s_features = ClusterFeatures.Entry();

    /// <summary>Says that this node is there, puts away the long dead, and tells who is alive, itself included, in one statement.</summary>
    public Task<List<SeenNode>> BeatAsync(string id, Uri url, CancellationToken cancellation) => ReadAsync(
        $"""
        WITH beat AS (
            INSERT INTO "Nodes" ("Id", "Url", "Version", "Features", "Seen") VALUES ({id}, {Text(url)}, {s_version}, {s_features}, now())
            ON CONFLICT ("Id") DO UPDATE SET "Url" = EXCLUDED."Url", "Seen" = now()),
        dead AS (
            DELETE FROM "Nodes" WHERE "Id" IN (SELECT "Id" FROM "Nodes" WHERE "Seen" < now() - {s_kept} AND "Id" <> {id} FOR UPDATE SKIP LOCKED))
        SELECT "Id", "Url", "Features", now() AS "Now" FROM "Nodes" WHERE "Seen" > now() - {Silence} AND "Id" <> {id}
        UNION ALL SELECT {id}, {Text(url)}, {s_features}, now()
        """, cancellation);

    /// <summary>Tells who is alive.</summary>
    public Task<List<SeenNode>> LookAsync(CancellationToken cancellation) =>
        ReadAsync($"""SELECT "Id", "Url", "Features", now() AS "Now" FROM "Nodes" WHERE "Seen" > now() - {Silence}""",
            cancellation);

    /// <summary>Enters this node. Whoever was reached there before is dead: it is this process that answers at that address now.</summary>
    public async Task EnterAsync(string id, Uri url, CancellationToken cancellation)
    {
        using var late = Late(cancellation);
        await using var db = await databases.CreateDbContextAsync(late.Token);
        await db.Database.ExecuteSqlAsync($"""DELETE FROM "Nodes" WHERE split_part("Url", '#', 1) = {url.GetLeftPart(UriPartial.Authority)} AND "Id" <> {id}""", late.Token);
    }

    /// <summary>The database's time.</summary>
    public async Task<DateTime> NowAsync(CancellationToken cancellation)
    {
        using var late = Late(cancellation);
        await using var db = await databases.CreateDbContextAsync(late.Token);
        return await db.Database.SqlQuery<DateTime>($"""SELECT now() AS "Value" """).SingleAsync(late.Token);
    }

    /// <summary>Takes this node out.</summary>
    public async Task RemoveAsync(string id)
    {
        using var late = Late(CancellationToken.None);
        await using var db = await databases.CreateDbContextAsync(late.Token);
        await db.Database.ExecuteSqlAsync($"""DELETE FROM "Nodes" WHERE "Id" = {id}""", late.Token);
    }

    private async Task<List<SeenNode>> ReadAsync(FormattableString statement, CancellationToken cancellation)
    {
        using var late = Late(cancellation);
        await using var db = await databases.CreateDbContextAsync(late.Token);
        return await db.Database.SqlQuery<SeenNode>(statement).ToListAsync(late.Token);
    }

    private static CancellationTokenSource Late(CancellationToken cancellation)
    {
        var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(s_patience);
        return late;
    }

    /// <summary>The fingerprint of its certificate's key, if there is one, is the address's fragment.</summary>
    private static string Text(Uri url) => url.GetLeftPart(UriPartial.Authority) + url.Fragment;
}
