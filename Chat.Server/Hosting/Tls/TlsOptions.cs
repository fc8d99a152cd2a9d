namespace Chat.Server.Hosting.Tls;

/// <summary>The section <c>Chat:Tls</c>.</summary>
public sealed class TlsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Tls";

    /// <summary>The command line's short word for <c>Chat:Tls:Enabled=true</c>.</summary>
    public const string Switch = "--tls";

    /// <summary>Whether the server speaks https; null: if a <see cref="Certificate"/> is given.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A PEM file: the server's certificate, then those between it and a root. Null: the server makes one.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the certificate's private key, not encrypted. Null: it is in the certificate's file.</summary>
    public string? Key { get; init; }

    /// <summary>Host names and addresses for a certificate that the server makes, besides those that it knows of itself.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Where a certificate that the server made is kept.</summary>
    public string Folder { get; init; } = "data/tls";

    /// <summary>
    /// The days for which browsers note, at each visit, that this server has https only (HSTS); 730. 0 makes them
    /// forget it. It applies only if a <see cref="Certificate"/> is given, and never to localhost.
    /// </summary>
    public int HstsDays { get; init; } = 730;

    /// <summary>Whether there is TLS.</summary>
    public bool IsOn => Enabled ?? IsGiven;

    /// <summary>Whether the certificate comes from files of somebody else.</summary>
    public bool IsGiven => !string.IsNullOrEmpty(Certificate);

    /// <summary>Reads the section.</summary>
    /// <exception cref="StartException">A value is not one.</exception>
    public static TlsOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<TlsOptions>() ?? new TlsOptions();
        if (!options.IsGiven && !string.IsNullOrEmpty(options.Key))
            throw new StartException($"{Section}:{nameof(Key)} is the key of a certificate: name that with {Section}:{nameof(Certificate)}.");
        if (options.HstsDays is < 0 or > 3650)
            throw new StartException($"{Section}:{nameof(HstsDays)} must be between 0 and 3650 days.");
        for (var i = 0; i < options.Names.Count; i++)
        {
            if (Uri.CheckHostName(options.Names[i]) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
                throw new StartException($"{Section}:{nameof(Names)}:{i} must be a host's name or address, such as chat.example, not \"{options.Names[i]}\".");
        }
        return options;
    }
}
