using System.IO.Compression;
using System.Text;

namespace Chat.Server.Accounts.Passwords;

/// <summary>
/// The passwords that attackers try first: about 65,000 passwords of two public lists of 100,000, without those that
/// are too short here. The search finds every one of them and nothing else. The first use reads them from
/// <c>common.txt.gz</c> and keeps them as one block of 0.7 MB; <c>Data/make.mjs</c> makes the file.
/// </summary>
internal static class CommonPasswords
{
    private const string Resource = "Chat.Server.Accounts.Passwords.common.txt.gz";

    private static readonly Lazy<(byte[] Text, int[] Starts)> s_list = new(Read);

    /// <summary>Whether a password is on the list, in whatever case and width it is written.</summary>
    public static bool Contains(string password)
    {
        var wanted = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC).ToLowerInvariant());
        var (text, starts) = s_list.Value;
        var (low, high) = (0, starts.Length - 2);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = text.AsSpan(starts[middle]..(starts[middle + 1] - 1)).SequenceCompareTo(wanted);
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return false;
    }

    /// <summary>The lines as bytes, and the start of each line; the last entry is the end.</summary>
    private static (byte[] Text, int[] Starts) Read()
    {
        using var resource = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)!;
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(resource, CompressionMode.Decompress))
            gzip.CopyTo(unpacked);
        var text = unpacked.ToArray();
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                starts.Add(i + 1);
        }
        return (text, [.. starts]);
    }
}
