namespace Chat.Server.Hosting;

/// <summary>What this node is called among the nodes of its cluster: made at random at each start, so that who comes back is somebody else.</summary>
public sealed record NodeId(string Value);
