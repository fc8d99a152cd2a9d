using System.Collections.Concurrent;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client.Transports;

/// <summary>
/// Remembers per server which transport worked, where it was not the best one. In a file, or while the process lives.
/// A file that cannot be read or written costs a few seconds at the next start and nothing else. Thread-safe.
/// </summary>
internal sealed class TransportMemory(string? file, Uri server, ILogger log)
{
    private static readonly ConcurrentDictionary<string, TransportKind> Process = new();
    private static readonly Lock Files = new();

    private readonly string _server = server.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>What worked last; null if the best one did, or nothing is known.</summary>
    public TransportKind? Recall()
    {
        if (file is null)
            return Process.TryGetValue(_server, out var known) ? known : null;
        lock (Files)
            return Read().TryGetValue(_server, out var name) && Enum.TryParse<TransportKind>(name, out var kind) ? kind : null;
    }

    /// <summary>Remembers what worked.</summary>
    public void Remember(TransportKind kind)
    {
        if (file is null)
        {
            if (kind == TransportKind.WebSockets)
                Process.TryRemove(_server, out _);
            else
                Process[_server] = kind;
            return;
        }

        lock (Files)
        {
            var all = Read();
            var changed = kind == TransportKind.WebSockets ? all.Remove(_server) : all.GetValueOrDefault(_server) != kind.ToString();
            if (!changed)
                return;
            if (kind != TransportKind.WebSockets)
                all[_server] = kind.ToString();
            Write(all);
        }
    }

    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file), ChatJson.Options) ?? [] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            ClientLog.TransportFileUnreadable(log, file!, e);
            return [];
        }
    }

    private void Write(Dictionary<string, string> all)
    {
        // Another process may write at the same time: a whole file replaces a whole file.
        var next = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file!)) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            File.WriteAllText(next, JsonSerializer.Serialize(all, ChatJson.Options));
            File.Move(next, file!, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ClientLog.TransportFileUnwritable(log, file!, e);
        }
    }
}
