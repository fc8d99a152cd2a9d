namespace Chat.Server.Hosting;

/// <summary>The server cannot start; the message says what to mend, and names the configuration key.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
