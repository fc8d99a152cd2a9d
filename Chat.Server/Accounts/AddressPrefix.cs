using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Accounts;

/// <summary>
/// A network for which limits by address count. An IPv6 host has a whole /64, and its owner is often given a /56 or a
/// /48, which is 65,536 of them: these are counted, too, with limits several times as high.
/// </summary>
/// <param name="Bits">Its address, with zeros after the prefix.</param>
/// <param name="Share">How many times the limit of one address counts for all of it.</param>
internal readonly record struct AddressPrefix(UInt128 Bits, int Share)
{
    private static readonly (int Length, int Share)[] s_networks = [(64, 1), (56, 4), (48, 16)];

    /// <summary>Those of an address, the narrowest first.</summary>
    public static IReadOnlyList<AddressPrefix> Of(IPAddress? address)
    {
        if (address is null) return [new AddressPrefix(0, 1)];
        var bits = BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
        return address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6
            ? [new AddressPrefix(bits, 1)]
            : [.. s_networks.Select(n => new AddressPrefix(bits >> (128 - n.Length) << (128 - n.Length), n.Share))];
    }
}
