using System.Net;
using System.Net.Sockets;
using Chat.Server.Cluster;
using Chat.Server.Hosting;
using Chat.Server.Relay.Redis;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;

namespace Chat.Tests.Relay.Redis;

/// <summary>What is wrong with the way to Redis is said at start, in one sentence that names the key and no secret; a Redis that is not there yet is not wrong.</summary>
public sealed class RedisStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("password=secret")]
    [InlineData("localhost,password=my,secret=1")]
    [InlineData("localhost,connectTimeout=secret")]
    public void A_text_that_is_no_connection_string_is_refused(string text) => Names(Assert.Throws<StartException>(() => new RedisConnection(text)), "usable");

    [Theory]
    [InlineData(",password=secret", "does not accept")]
    [InlineData("", "asks for a password")]
    [InlineData(",user=nobody,password=secret", "does not accept")]
    public async Task A_wrong_password_is_refused(string options, string reason)
    {
        await using var redis = await RedisProcess.RunAsync(Ct, "--requirepass", "another");

        Names(await RefusalAsync(redis.Address + options), reason);
    }

    [Fact]
    public async Task A_user_without_rights_is_refused()
    {
        await using var redis = await RedisProcess.RunAsync(Ct, "--user", "poor", "on", ">secret", "~*", "+@all", "resetchannels");

        Names(await RefusalAsync($"{redis.Address},user=poor,password=secret"), "&chat:*");
    }

    [Fact]
    public async Task A_redis_without_sharded_channels_is_refused()
    {
        await using var redis = await RedisProcess.RunAsync(Ct, "--rename-command", "SPUBLISH", "");

        Names(await RefusalAsync(redis.Address), "Redis 7");
    }

    [Fact]
    public async Task What_is_not_redis_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener);

        Names(await RefusalAsync(listener.LocalEndpoint.ToString()!), "not Redis");

        listener.Stop();
        await answering;
    }

    [Fact]
    public async Task A_sound_redis_is_not_connected_to_again_and_again()
    {
        await using var redis = await RedisProcess.RunAsync(Ct);
        await using var before = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var first = (long)await before.GetDatabase().ExecuteAsync("CLIENT", "ID");
        await using var connection = new RedisConnection(redis.Address);

        await connection.StartAsync();

        // Redis numbers its connections; a multiplexer has one or two.
        var last = (long)await connection.Subscriber!.Multiplexer.GetDatabase().ExecuteAsync("CLIENT", "ID");
        Assert.InRange(last - first, 1, 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",serviceName=chat")]
    public async Task A_redis_that_is_not_reached_may_come_later(string options)
    {
        await using var connection = new RedisConnection($"127.0.0.1:{FreePort.Find()},connectTimeout=1000{options}");

        await connection.StartAsync();

        Assert.False(connection.IsConnected);
    }

    [Fact]
    public async Task A_redis_that_stands_still_while_the_node_starts_may_go_on_later()
    {
        await using var redis = await RedisProcess.RunAsync(Ct);
        await using var connection = new RedisConnection($"{redis.Address},asyncTimeout=1000");
        Assert.True(await connection.TryConnectAsync());
        redis.Freeze();

        await connection.StartAsync();

        redis.Thaw();
        await Eventually.TrueAsync(async () => await HeardAsync(connection), TimeSpan.FromSeconds(30), Ct, "it is used");
    }

    [Fact]
    public void Redis_beside_a_sqlite_file_is_refused()
    {
        var builder = WebApplication.CreateBuilder(["--ConnectionStrings:Chat=Data Source=chat.db", "--ConnectionStrings:Redis=127.0.0.1:6379,password=secret"]);

        var refusal = Assert.Throws<StartException>(builder.AddCluster);

        Names(refusal, "PostgreSQL");
    }

    private static async Task<StartException> RefusalAsync(string connectionString)
    {
        await using var connection = new RedisConnection(connectionString);
        return await Assert.ThrowsAsync<StartException>(connection.StartAsync);
    }

    private static void Names(StartException refusal, string reason)
    {
        Assert.Contains("ConnectionStrings:Redis", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    /// <summary>As a web server does that is spoken to in another language.</summary>
    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(Ct);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[1_000], Ct);
                await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray(), Ct);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException
            or OperationCanceledException)
        {
            // The test is over, and the listener closed or stopped, or this client is gone.
        }
    }

    private static async Task<bool> HeardAsync(RedisConnection connection)
    {
        try
        {
            await connection.Subscriber!.PublishAsync(RedisNames.Nodes, "{}");
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return false;
        }
    }
}
