using Chat.Contracts;
using Chat.Server.Hosting;
using Npgsql;

namespace Chat.Server.Log.Postgres;

/// <summary>
/// Writes a batch in three round trips: (1) lock its rooms and look up everything that it asks for, (2) write everything, (3) commit. In between the rules
/// run in memory. The connection is kept from one transaction to the next and replaced when it breaks.
/// </summary>
internal sealed partial class PostgresAppender(NpgsqlDataSource source, ILogger logger) : Appender
{
    /// <summary>Finds a direct room.</summary>
    public const string DirectRoomSql = "SELECT \"Id\" FROM \"Rooms\" WHERE \"DirectKey\" = $1";

    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    public override void Dispose() => Drop();

    protected override DateTime BeginTransaction(IReadOnlyList<Subject> subjects)
    {
        Dictionary<string, string?> holders = [];
        for (var timeouts = 0; ;)
        {
            try
            {
                var now = Look(subjects, s_waits[timeouts]);
                if (_busy.Count == 0)
                    return now;
                // Somebody held these rooms, and now others write to them in turns: this batch takes its turn too.
                RollBackTransaction();
            }
            catch (PostgresException e) when (PostgresErrors.IsLockTimeout(e) && timeouts < s_waits.Length - 1)
            {
                RollBackTransaction();
                var before = holders;
                holders = FindHolders(subjects);
                // If nothing tells which room it was, the committer tries each room by itself.
                if (timeouts++ == 0 ? holders.Count == 0 : !NoteHeld(before, holders))
                    throw;
            }
        }
    }

    protected override void CommitTransaction()
    {
        try
        {
            _transaction!.Commit();
        }
        catch (Exception e) when (e is not PostgresException { InvariantSeverity: "ERROR" })
        {
            // Sent, but not answered.
            Drop();
            throw new ChatException(ErrorCodes.Unavailable, $"{DatabaseErrors.Describe(e)}; try again with the same client id", e);
        }
        EndTransaction();
    }

    protected override void RollBackTransaction()
    {
        Clear();
        if (_connection is not { FullState: System.Data.ConnectionState.Open } || _transaction is null)
        {
            Drop();
            return;
        }
        try
        {
            _transaction.Rollback();
            EndTransaction();
            // Where one statement of several failed, the server has not looked at those after it, and Npgsql may believe that they are prepared:
            // from then on each use of them would fail (26000), as long as the connection lasts.
            _connection.UnprepareAll();
        }
        catch (Exception)
        {
            Drop();
            throw;
        }
    }

    private NpgsqlConnection Open()
    {
        try
        {
            return source.OpenConnection();
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw DatabaseErrors.Unavailable(e); // the next batch tries again
        }
    }

    private void EndTransaction()
    {
        _transaction!.Dispose();
        _transaction = null;
    }

    private void Drop()
    {
        _transaction = null;
        _connection?.Dispose();
        _connection = null;
    }
}
