using System.Data.Common;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>The log's own connections, and how long anybody waits on one of them.</summary>
internal static class PostgresSource
{
    /// <summary>
    /// How long a statement may take before its connection is given up: less than a caller waits (<see cref="GroupCommitter.Patience"/>), and more than
    /// the server itself waits for a lock, so that its answer comes first where there is one.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    /// <summary>How long the server works at a statement.</summary>
    public static readonly TimeSpan StatementPatience = TimeSpan.FromSeconds(6);

    /// <summary>How long the server waits for the lock on a room that another node writes to.</summary>
    public static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After how long the server ends a transaction in which nothing is said. A node that was stopped in the middle of one keeps its rooms for so
    /// long; less than <see cref="LockPatience"/>, so that who waits for one of them gets it.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_connecting = TimeSpan.FromSeconds(5);

    public static NpgsqlDataSource Create(string connectionString, int connections)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "chat log",
            MaxPoolSize = connections,
            MinPoolSize = 0,
            CommandTimeout = (int)Patience.TotalSeconds,
            // Asking a server that does not answer to cancel would only take longer; its own timeouts end what it was doing.
            CancellationTimeout = -1,
            Timeout = (int)s_connecting.TotalSeconds,
            Multiplexing = false,
            Enlist = false,
        };
        // The same few statements all the time: planned once for each connection.
        // Who says otherwise has a pooler between that cannot.
        if (!new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Max Auto Prepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (32, 2);
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>A parameter by position: <c>$1</c> …</summary>
    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };
}
