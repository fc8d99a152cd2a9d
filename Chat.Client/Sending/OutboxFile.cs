using System.Threading.Channels;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Sending;

/// <summary>
/// Unsent messages in an append-only file, one JSON object a line: <c>{"add": entry}</c> and <c>{"done": {roomId, clientId}}</c>.
/// An add is synced to the disk before it counts; a done need not be, since a message sent twice with one client id is one message.
/// Whatever was asked for while one sync runs shares the next. Thread-safe.
/// </summary>
internal sealed class OutboxFile : IAsyncDisposable
{
    private const int CompactAfter = 1_000;

    private readonly string _path;
    private readonly ILogger _log;
    private readonly FileStream _lock;
    private readonly Task _writing;

    // Holds at most an add and a done of each entry of the outbox, which is bounded.
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });

    private readonly OrderedDictionary<OutboxKey, OutboxEntry> _open = [];
    private FileStream _file;
    private long _end;
    private int _closedLines;

    /// <summary>Opens or creates the file. Throws <see cref="ChatException"/> if another process has it.</summary>
    public OutboxFile(string path, ILogger log)
    {
        _path = Path.GetFullPath(path);
        _log = log;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // The lock is a file of its own, because compaction replaces the other one.
        _lock = Lock(_path + ".lock");
        try
        {
            Earlier = OutboxJournal.Read(_path, log, out var clean);
            foreach (var entry in Earlier)
                _open[OutboxKey.Of(entry)] = entry;
            _file = clean ? OutboxJournal.Append(_path) : OutboxJournal.Replace(_path, Earlier);
            _end = _file.Position;
        }
        catch
        {
            _lock.Dispose();
            throw;
        }

        _writing = Task.Run(WriteAsync);
    }

    /// <summary>What an earlier process left, oldest first.</summary>
    public IReadOnlyList<OutboxEntry> Earlier { get; }

    /// <summary>Completes when the entry would survive a crash. Throws <c>unavailable</c> if it cannot be written.</summary>
    public Task AddAsync(OutboxEntry entry)
    {
        var request = new Request(new OutboxLine(Add: entry), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_requests.Writer.TryWrite(request))
            request.Synced!.SetException(new ChatException(ErrorCodes.Unavailable, "The outbox is closed."));
        return request.Synced!.Task;
    }

    /// <summary>The entry need not be sent any more.</summary>
    public void Done(OutboxKey key) => _requests.Writer.TryWrite(new Request(new OutboxLine(Done: key), null));

    /// <summary>Writes what was asked for, and lets the next process in.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
        await _lock.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Request>();
        while (await _requests.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < 1_000 && _requests.Reader.TryRead(out var request))
                batch.Add(request);
            Write(batch);
        }
    }

    private void Write(List<Request> batch)
    {
        try
        {
            _file.Write(OutboxJournal.Bytes(batch.Select(r => r.Line)));
            _file.Flush(flushToDisk: batch.Exists(r => r.Synced is not null));
            _end = _file.Position;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Half a line must not become the beginning of the next one.
            Rewind();
            var refusal = new ChatException(ErrorCodes.Unavailable, $"The outbox file {_path} cannot be written: {e.Message}", e);
            foreach (var request in batch)
                request.Synced?.SetException(refusal);
            return;
        }

        foreach (var request in batch)
        {
            Apply(request.Line);
            request.Synced?.SetResult();
        }

        CompactIfWorth();
    }

    private void Apply(OutboxLine line)
    {
        if (line.Add is { } entry)
            _open[OutboxKey.Of(entry)] = entry;
        else if (line.Done is { } key && _open.Remove(key))
            _closedLines += 2;
    }

    private void CompactIfWorth()
    {
        if (_closedLines < CompactAfter || _closedLines < 2 * _open.Count)
            return;
        try
        {
            var next = OutboxJournal.Replace(_path, _open.Values);
            _file.Dispose();
            (_file, _end, _closedLines) = (next, next.Position, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ClientLog.OutboxNotCompacted(_log, _path, e);
        }
    }

    private void Rewind()
    {
        try
        {
            _file.SetLength(_end);
            _file.Position = _end;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nothing can be appended safely any more: every later write fails with a clear error.
            _file.Dispose();
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, OutboxJournal.Private(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new ChatException(ErrorCodes.Unavailable, $"The outbox file is in use by another process: {path}", e);
        }
    }

    private sealed record Request(OutboxLine Line, TaskCompletionSource? Synced);
}
