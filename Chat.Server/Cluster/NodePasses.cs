using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Chat.Server.Cluster;

/// <summary>What one node tells another with a request that it passes on.</summary>
/// <param name="Node">The id of the node that it is for: nobody else may take it, nor pass it on.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the client came.</param>
/// <param name="Address">The client's address, as far as the first node knows it.</param>
internal sealed record NodePass(string Node, string Scheme, IPAddress? Address);

/// <summary>
/// Seals passes with the cluster's own keys, which lie in the common database: nobody outside can write one. A pass has no time in it, so clocks that
/// differ do no harm; it never leaves the network between the nodes, and is good for one node's life only, since ids are. Thread-safe.
/// </summary>
internal sealed class NodePasses(IDataProtectionProvider protection)
{
    /// <summary>The header that holds it.</summary>
    public const string Header = "Chat-Node-Pass";

    private const int MaxLength = 1024;

    private readonly IDataProtector _seal = protection.CreateProtector("Chat.Cluster.NodePass");

    /// <summary>A pass for this request to a node.</summary>
    public string Write(Node node, HttpContext context) =>
        _seal.Protect($"{node.Id} {context.Request.Scheme} {context.Connection.RemoteIpAddress}");

    /// <summary>Takes the pass off a request. Null if it has none, or one that no node has sealed.</summary>
    public NodePass? Take(HttpRequest request)
    {
        if (!request.Headers.Remove(Header, out var header) || header is not [{ Length: <= MaxLength } sealedPass])
            return null;
        try
        {
            return _seal.Unprotect(sealedPass).Split(' ') is [var node, var scheme, var address]
                ? new NodePass(node, scheme, IPAddress.TryParse(address, out var parsed) ? parsed : null)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
