using System.Security.Cryptography;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Keys;

/// <summary>
/// Encrypts the keys in the database as soon as every node can read encrypted keys, and keeps them encrypted. It
/// follows later decisions of an operator or another node. A single server does this before it listens.
/// </summary>
internal sealed class KeyMigration(
    KeyTable table, MasterKeyRing ring, ClusterFeatures features, IOptions<KeyOptions> options, BackgroundLoops loops,
    TimeProvider time, ILogger<KeyMigration> logger, NodeTable? nodes = null)
    : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1), s_apply = TimeSpan.FromSeconds(20);

    private long _knownSince, _appliedAt;
    private string? _trouble;
    private bool _warned;

    /// <summary>Call this after the master keys were read and before anything asks for a key.</summary>
    /// <param name="stored">The number of keys in the database.</param>
    public async Task BeginAsync(int stored)
    {
        // A new cluster has no older node, so its first key need not lie in the database unencrypted.
        ring.MayEncrypt = features.Has(ClusterFeatures.EncryptedKeys)
            || (stored == 0 && nodes is not null && (await nodes.LookAsync(CancellationToken.None))
                .All(n => n.Features?.Split(' ').Contains(ClusterFeatures.EncryptedKeys) is true));
        if (features.Has(ClusterFeatures.EncryptedKeys))
            await ApplyAsync(CancellationToken.None);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loops.RunAsync("key migration", FollowAsync, stoppingToken);

    private async Task FollowAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_look, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await LookAsync(stopping);
    }

    /// <summary>The work of every second.</summary>
    internal async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            var before = ring.MayEncrypt;
            ring.MayEncrypt = MayEncrypt();
            if (before == ring.MayEncrypt && _appliedAt != 0 && time.GetElapsedTime(_appliedAt) < s_apply)
                return;
            await ApplyAsync(stopping);
            await WarnAsync();
            _trouble = null;
        }
        catch (CryptographicException e)
        {
            if (_trouble != e.Message)
                logger.Stuck(e.Message);
            _trouble = e.Message;
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            // The log and health say so; the next look tries again.
        }
    }

    /// <summary>
    /// It waits for a while after all nodes know encrypted keys, because in the middle of an update an older node may
    /// come back.
    /// </summary>
    private bool MayEncrypt()
    {
        // Asked first: once the registry was read, what it says is there as well.
        var isRead = features.IsRead;
        if (!features.Has(ClusterFeatures.EncryptedKeys))
        {
            _knownSince = 0;
            return ring.MayEncrypt && !isRead;
        }
        if (_knownSince == 0)
            _knownSince = time.GetTimestamp();
        return ring.MayEncrypt || time.GetElapsedTime(_knownSince) >= options.Value.EncryptAfter;
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        var written = await table.ApplyAsync(ring, cancellation);
        _appliedAt = time.GetTimestamp();
        if (written == 0)
            return;
        if (ring.Current is { } current)
            logger.Encrypted(written, current.Id);
        else
            logger.Plain(written);
    }

    /// <summary>
    /// Reports an older node that comes back after the keys were encrypted. Such a node does harm, and an operator has
    /// to see it.
    /// </summary>
    private async Task WarnAsync()
    {
        var older = features.IsRead && !features.Has(ClusterFeatures.EncryptedKeys);
        if (older && !_warned && (await table.ListAsync()).Sealed.Any(s => s.Key.Length > 0))
        {
            logger.OlderNode();
            _warned = true;
        }
        _warned &= older;
    }
}
