using Chat.Bench.Proxy;

namespace Chat.Bench.Torture;

/// <summary>A link with the proxy that its connections go through.</summary>
internal sealed class Way(Link link, FaultProxy proxy)
{
    /// <summary>For reports, such as <c>node 2–Redis</c>.</summary>
    public string Name => link.Name;

    /// <summary>The link.</summary>
    public Link Link => link;

    /// <summary>A way of its own to somebody, and the address to go there by.</summary>
    public static (Way Way, FaultProxy Proxy) To(string name, Uri target, int seed)
    {
        var link = new Link(name);
        var proxy = new FaultProxy(target, seed);
        proxy.Do(_ => link.Connection());
        return (new Way(link, proxy), proxy);
    }

    /// <summary>What it carries meets this from now on.</summary>
    public void Begin(Fault weather) => link.Begin(weather);

    /// <summary>Everything passes again, but for connections that have lost bytes: these are cut.</summary>
    public void End()
    {
        link.End();
        proxy.Cut(link.Spoiled);
    }

    /// <summary>Cuts what is open.</summary>
    public void Cut() => proxy.Cut(link.Carries);
}
