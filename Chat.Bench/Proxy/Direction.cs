namespace Chat.Bench.Proxy;

/// <summary>Which way bytes go.</summary>
public enum Direction
{
    /// <summary>From the client to the server.</summary>
    Up,

    /// <summary>From the server to the client.</summary>
    Down,
}
