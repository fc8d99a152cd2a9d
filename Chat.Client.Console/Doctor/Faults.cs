namespace Chat.Client.Console.Doctor;

/// <summary>
/// The faults that the doctor knows by name. These words are in <c>--json</c> and do not change; <c>docs/proxies.md</c> has a section for each that
/// can be mended, see <see cref="Remedies"/>.
/// </summary>
public static class Faults
{
    /// <summary>The name has no address.</summary>
    public const string NameUnknown = "name_unknown";

    /// <summary>Nobody answers at an address.</summary>
    public const string PortClosed = "port_closed";

    /// <summary>There is no TLS, or none that we speak.</summary>
    public const string TlsFailed = "tls_failed";

    /// <summary>The certificate vouches for itself.</summary>
    public const string SelfSigned = "certificate_self_signed";

    /// <summary>The certificate is over, or not valid yet.</summary>
    public const string Expired = "certificate_expired";

    /// <summary>The certificate is for other names.</summary>
    public const string WrongName = "certificate_name";

    /// <summary>Somebody else than expected signed the certificate.</summary>
    public const string Intercepted = "certificate_intercepted";

    /// <summary>Whoever answers is no chat server.</summary>
    public const string NotChat = "not_chat";

    /// <summary>The address leads to another one.</summary>
    public const string Redirected = "redirected";

    /// <summary>A proxy speaks HTTP/1.0.</summary>
    public const string Http10 = "http_1_0";

    /// <summary>The server is told another host than the client asked for.</summary>
    public const string WrongHost = "wrong_host";

    /// <summary>The server is told http where the client spoke https.</summary>
    public const string WrongScheme = "wrong_scheme";

    /// <summary>A proxy takes smaller requests than the server.</summary>
    public const string BodyLimit = "body_limit";

    /// <summary>A proxy answers from its memory.</summary>
    public const string Cached = "cached";

    /// <summary>No account could be had to try with.</summary>
    public const string NoAccount = "no_account";

    /// <summary>The server did not negotiate.</summary>
    public const string NoNegotiation = "no_negotiation";

    /// <summary>A request for a WebSocket becomes an ordinary one on the way, or is refused.</summary>
    public const string UpgradeStripped = "upgrade_stripped";

    /// <summary>A WebSocket opens, and nothing comes through.</summary>
    public const string FramesSwallowed = "frames_swallowed";

    /// <summary>Events are held back.</summary>
    public const string StreamBuffered = "stream_buffered";

    /// <summary>Event streams are compressed on the way.</summary>
    public const string StreamCompressed = "stream_compressed";

    /// <summary>What is silent is cut.</summary>
    public const string IdleCut = "idle_cut";

    /// <summary>A connection stays open and brings nothing any more.</summary>
    public const string Deaf = "deaf";

    /// <summary>It does not open, and none of the other words fits.</summary>
    public const string DoesNotOpen = "does_not_open";
}
