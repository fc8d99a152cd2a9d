using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chat.Tests.Support;
using StackExchange.Redis;

namespace Chat.Tests.Relay.Redis;

/// <summary>Every kind of Redis that operators run. (Valkey speaks the same protocol; it is not tried here.)</summary>
public sealed class RedisKindsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_tls_and_a_user_who_may_do_no_more_than_is_needed_it_relays()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (crt, pem) = (folder.File("redis.crt"), folder.File("redis.key"));
        await File.WriteAllTextAsync(crt, certificate.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem(), Ct);
        var port = FreePort.Find();
        await using var redis = await RedisProcess.RunAsync(Ct, "--user", "chat", "on", ">very secret", "&chat:*", "+@connection", "+@pubsub", "+info", "+cluster", "+config|get", "--tls-port", $"{port}",
            "--tls-cert-file", crt, "--tls-key-file", pem, "--tls-ca-cert-file", crt, "--tls-auth-clients", "no");

        // The library's own way to trust an issuer that the system does not know.
        Environment.SetEnvironmentVariable("SERedis_IssuerCertPath", crt);
        try
        {
            await using var cluster = await RelayCluster.StartAsync($"127.0.0.1:{port},ssl=true,user=chat,password=very secret");
            var (room, bob) = await cluster.BobListensAsync();
            await cluster.DeliversAsync(room, bob);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SERedis_IssuerCertPath", null);
        }
    }

    [Fact]
    public async Task Behind_sentinel_it_relays_and_follows_the_failover()
    {
        await using var first = await RedisProcess.RunAsync(Ct);
        await using var second = await RedisProcess.RunAsync(Ct, "--replicaof", $"127.0.0.1 {first.Port}");
        await using var sentinel = await RedisProcess.RunSentinelAsync($"""
            sentinel monitor chat 127.0.0.1 {first.Port} 1
            sentinel down-after-milliseconds chat 1000
            sentinel failover-timeout chat 5000

            """, Ct);
        await Eventually.TrueAsync(
            async () => await SaysAsync(second, "master_link_status:up"), TimeSpan.FromSeconds(20), Ct, "the replica follows");
        await using var cluster = await RelayCluster.StartAsync($"{sentinel.Address},serviceName=chat");
        var (room, bob) = await cluster.BobListensAsync();
        await cluster.DeliversAsync(room, bob);

        await first.KillAsync();
        await cluster.DeliversAsync(room, bob);
        await Eventually.TrueAsync(
            async () => await SaysAsync(second, "role:master"), TimeSpan.FromSeconds(30), Ct, "the replica is the master now");
        await cluster.A.UntilHealthyAsync();
        await cluster.B.UntilHealthyAsync();

        await cluster.DeliversAsync(room, bob);
    }

    /// <summary>Whether it says this of its replication. One that changes its role closes its connections: then not yet.</summary>
    private static async Task<bool> SaysAsync(RedisProcess redis, string state)
    {
        try
        {
            return ((string?)await redis.ExecuteAsync("", "INFO", "replication"))!.Contains(state, StringComparison.Ordinal);
        }
        catch (RedisException)
        {
            return false;
        }
    }

    [Fact]
    public async Task On_a_redis_cluster_it_relays_in_every_shard_and_notices_one_that_is_down()
    {
        // Not ten thousand above its own, where clients of others are.
        var buses = Enumerable.Range(0, 3).Select(_ => $"{FreePort.Find()}").ToList();
        var shards = await Task.WhenAll(buses.Select(bus => RedisProcess.RunAsync(
            Ct, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no")));
        try
        {
            await JoinAsync(shards, buses);
            await using var cluster = await RelayCluster.StartAsync(string.Join(",", shards.Select(s => s.Address)));
            var rooms = await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => cluster.BobListensAsync()));
            foreach (var (room, bob) in rooms)
                await cluster.DeliversAsync(room, bob);
            foreach (var shard in shards)
                Assert.NotEmpty((string[])(await shard.ExecuteAsync("", "PUBSUB", "SHARDCHANNELS"))!);

            shards[2].Freeze();
            foreach (var (room, bob) in rooms)
                await cluster.DeliversAsync(room, bob);
            await cluster.A.UntilDeafAsync();
            shards[2].Thaw();

            await cluster.A.UntilHealthyAsync();
            foreach (var (room, bob) in rooms)
                await cluster.DeliversAsync(room, bob);
        }
        finally
        {
            foreach (var shard in shards)
                await shard.DisposeAsync();
        }
    }

    private static async Task JoinAsync(RedisProcess[] shards, List<string> buses)
    {
        int[] from = [0, 5461, 10923, 16384];
        for (var i = 0; i < 3; i++)
            await shards[i].ExecuteAsync("", "CLUSTER", "ADDSLOTSRANGE", $"{from[i]}", $"{from[i + 1] - 1}");
        foreach (var (other, bus) in shards.Zip(buses).Skip(1))
            await shards[0].ExecuteAsync("", "CLUSTER", "MEET", "127.0.0.1", $"{other.Port}", bus);
        foreach (var shard in shards)
        {
            await Eventually.TrueAsync(
                async () => ((string?)await shard.ExecuteAsync("", "CLUSTER", "INFO"))!.Contains("cluster_slots_ok:16384", StringComparison.Ordinal)
                    && ((string?)await shard.ExecuteAsync("", "CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20), Ct, "the shards know each other");
        }
    }
}
