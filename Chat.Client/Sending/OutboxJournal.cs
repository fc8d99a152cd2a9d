using System.Text.Json;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Sending;

/// <summary>What names an entry.</summary>
internal sealed record OutboxKey(string RoomId, string ClientId)
{
    public static OutboxKey Of(OutboxEntry entry) => new(entry.RoomId, entry.ClientId);
}

/// <summary>One line of the file: an add or a done.</summary>
internal sealed record OutboxLine(OutboxEntry? Add = null, OutboxKey? Done = null);

/// <summary>Reads and writes the lines of an outbox file.</summary>
internal static class OutboxJournal
{
    /// <summary>The entries that are not done, in their order. <paramref name="clean"/>: the file holds these and nothing else.</summary>
    public static IReadOnlyList<OutboxEntry> Read(string path, ILogger log, out bool clean)
    {
        clean = true;
        if (!File.Exists(path))
            return [];
        var open = new OrderedDictionary<OutboxKey, OutboxEntry>();
        var text = File.ReadAllText(path);
        var unreadable = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(line) is not { } entry)
                unreadable++;
            else if (entry.Add is { } add)
                open[OutboxKey.Of(add)] = add with { Error = null };
            else if (entry.Done is { } done)
                (clean, _) = (false, open.Remove(done));
        }

        // A process that died while it wrote leaves the beginning of a line; nobody was told that it is queued.
        if (unreadable > 0)
            ClientLog.OutboxTorn(log, path, unreadable);
        clean &= unreadable == 0 && (text.Length == 0 || text[^1] == '\n');
        return [.. open.Values];
    }

    /// <summary>Opens the file to append.</summary>
    public static FileStream Append(string path)
    {
        var file = new FileStream(path, Private(FileMode.OpenOrCreate, FileShare.Read));
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    /// <summary>Replaces the file by one with only these entries, whole or not at all, and opens it to append.</summary>
    public static FileStream Replace(string path, IEnumerable<OutboxEntry> entries)
    {
        var file = new FileStream(path + ".next", Private(FileMode.Create, FileShare.Read | FileShare.Delete));
        try
        {
            file.Write(Bytes(entries.Select(e => new OutboxLine(Add: e))));
            file.Flush(flushToDisk: true);
            File.Move(path + ".next", path, overwrite: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Lines as they stand in the file.</summary>
    public static byte[] Bytes(IEnumerable<OutboxLine> lines)
    {
        using var bytes = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(bytes, line, ChatJson.Options);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    /// <summary>Unsent messages are nobody else's business: readable by their owner alone.</summary>
    public static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static OutboxLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<OutboxLine>(line, ChatJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
