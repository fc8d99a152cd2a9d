using System.Security.Cryptography;
using System.Text;

namespace Chat.Server.Copying;

/// <summary>How many rows a table has, and a hash (SHA-256, hexadecimal) of all values in the order of the keys.</summary>
internal readonly record struct TableSum(long Rows, string Hash)
{
    /// <summary>Takes the rows one after the other.</summary>
    public sealed class Builder
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _rows;

        public void Add(object?[] row)
        {
            _rows++;
            foreach (var value in row)
            {
                // With its length in front, no value runs into the next.
                var bytes = CopyColumn.Canonical(value) is { } text ? Encoding.UTF8.GetBytes(text) : null;
                _hash.AppendData(BitConverter.GetBytes(bytes?.Length ?? -1));
                _hash.AppendData(bytes ?? []);
            }
        }

        public TableSum End()
        {
            using (_hash)
                return new TableSum(_rows, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        }
    }
}
