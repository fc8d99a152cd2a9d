using Npgsql;

namespace Chat.Tests.Support;

public sealed class PostgresProcessTests(SharedPostgres postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_there_after_a_kill()
    {
        await using var own = await PostgresProcess.RunAsync(Ct);
        var database = await own.NewDatabaseAsync(Ct);
        await RunAsync(database, "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");

        await own.KillAsync();
        await own.StartAsync(Ct);

        Assert.Equal(7, await RunAsync(database, "SELECT n FROM t"));
    }

    [Fact]
    public async Task Databases_of_one_process_know_nothing_of_each_other()
    {
        await RunAsync(await postgres.NewDatabaseAsync(Ct), "CREATE TABLE t (n int)");

        await Assert.ThrowsAsync<PostgresException>(async () => await RunAsync(await postgres.NewDatabaseAsync(Ct), "SELECT n FROM t"));
    }

    private static async Task<object?> RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
