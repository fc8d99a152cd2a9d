using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Server.Log.Sqlite;
using Chat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Chat.Tests.Statements;

/// <summary>
/// Every statement that this process runs on SQLite from now on: EF Core's and the log's own both tell
/// <see cref="DiagnosticListener"/>s. No statement is registered by hand, so none can be forgotten. Make this before
/// the server, which compiles the log's statements at its start.
/// </summary>
internal sealed class WatchedStatements : IObserver<DiagnosticListener>,
    IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentDictionary<(string File, string Sql), bool> _statements = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly ConcurrentDictionary<(string File, string Sql), int> _runs = new();
    private volatile bool _begun;

    public WatchedStatements() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <summary>The statements on one file, each once.</summary>
    public IReadOnlyList<string> On(string file) =>
        [.. _statements.Keys.Where(s => s.File == Path.GetFullPath(file)).Select(s => s.Sql)];

    /// <summary>How often EF Core has run statements like these on one file since <see cref="Begin"/>.</summary>
    public int Runs(string file, Func<string, bool> which) =>
        _runs.Where(r => r.Key.File == Path.GetFullPath(file) && which(r.Key.Sql)).Sum(r => r.Value);

    /// <summary>How often a server on SQLite looked up whether a sign-in is live.</summary>
    public int SignInsAsked(ChatServer server) => Runs(server.Data.File("chat.db"), sql =>
        sql.Contains("EXISTS", StringComparison.Ordinal) && sql.Contains("SignIns", StringComparison.Ordinal));

    /// <summary>EF Core's statements count from now on; before, it ran migrations.</summary>
    public void Begin() => _begun = true;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory || value.Name == SqliteStatement.Listener)
            _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (_begun && value.Value is CommandEventData command
            && command.Command.Connection is SqliteConnection connection)
        {
            Note(connection.DataSource, command.Command.CommandText);
            if (value.Key == RelationalEventId.CommandExecuting.Name)
            {
                var run = (Path.GetFullPath(connection.DataSource), command.Command.CommandText);
                _runs.AddOrUpdate(run, 1, (_, runs) => runs + 1);
            }
        }
        else if (value.Value is SqliteStatement.Compiled compiled)
            Note(compiled.DataSource, compiled.Sql);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }

    private const string DbLoggerCategory = "Microsoft.EntityFrameworkCore";

    private void Note(string file, string sql)
    {
        if (file.Length > 0)
            _statements.TryAdd((Path.GetFullPath(file), sql), true);
    }
}
