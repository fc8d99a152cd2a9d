using Chat.Server.Hosting;

namespace Chat.Server.Keys;

/// <summary>
/// The master keys that this node was given. The first encrypts and signs; all of them decrypt. Immutable.
/// </summary>
internal sealed class MasterKeys
{
    private MasterKeys(IReadOnlyList<MasterKey> all) => All = all;

    public IReadOnlyList<MasterKey> All { get; }

    /// <summary>The key with this id; null if this node was not given it.</summary>
    public MasterKey? Find(string id) => All.FirstOrDefault(k => k.Id == id);

    /// <summary>
    /// Reads them from text: one a line in base64 (of URLs, too); a line that begins with <c>#</c> is a comment.
    /// </summary>
    /// <param name="text">Never quoted in an error.</param>
    /// <param name="source">The operator's name for the place.</param>
    /// <exception cref="StartException">There is no key, or a line is not a key.</exception>
    public static MasterKeys Parse(string text, string source)
    {
        var keys = new List<MasterKey>();
        foreach (var (line, at) in text.Split('\n').Select((line, at) => (line.Trim(), at + 1))
            .Where(l => l.Item1.Length > 0 && l.Item1[0] != '#'))
        {
            var base64 = line.Replace('-', '+').Replace('_', '/').TrimEnd('=');
            var secret = new byte[MasterKey.Length + 2];
            if (!Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), secret, out var length)
                || length != MasterKey.Length)
                throw new StartException(
                    $"{source}: line {at} is no master key, which is {MasterKey.Length} bytes in base64, "
                        + "as \"Chat.Server keys new\" prints them.");
            var key = new MasterKey(secret.AsSpan(0, length));
            if (keys.All(k => k.Id != key.Id))
                keys.Add(key);
        }
        return keys.Count > 0 ? new MasterKeys(keys) : throw new StartException(
            $"{source}: there is no master key in it. \"Chat.Server keys new\" prints a new one.");
    }

    /// <summary>
    /// Reads the master keys from the place that the configuration names. Null if they are missing and may be made in
    /// <see cref="MasterKeyFile"/>.
    /// </summary>
    /// <exception cref="StartException">They are missing and may not be made here, or cannot be read.</exception>
    public static MasterKeys? Read(KeyOptions options, ChatDatabase database)
    {
        if (!string.IsNullOrWhiteSpace(options.Master))
            return Parse(options.Master, KeyOptions.MasterKey);
        if (MasterKeyFile.Of(options, database) is not { } file)
        {
            throw new StartException(
                $"{KeyOptions.MasterKey} is missing: all nodes on a PostgreSQL database need the same master key, "
                    + "which encrypts the keys in it. Make one with "
                + $"\"Chat.Server keys new\" and put it into the secret file {SecretFiles.Folder}/Chat__Keys__Master "
                + $"of every node, or name a file with {KeyOptions.FileKey}.");
        }
        return file.Read();
    }
}
