namespace Chat.Client.Console.Doctor;

/// <summary>What the doctor is asked to do. Immutable.</summary>
public sealed record DoctorOptions
{
    /// <summary>The server's root.</summary>
    public required Uri Server { get; init; }

    /// <summary>Which certificates count as the server's. Default: those that the system trusts.</summary>
    public CertificateTrust Trust { get; init; } = new();

    /// <summary>Gives the access token of an account to try with; null makes a guest for it.</summary>
    public Func<CancellationToken, ValueTask<string?>>? Token { get; init; }

    /// <summary>Gives the token of an account to take if there are no guests; null if there is none.</summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenIfNoGuests { get; init; }

    /// <summary>How long an answer may take; default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long all transports are idle; zero leaves that out. Default a minute.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many messages each transport is measured with; default 30.</summary>
    public int Messages { get; init; } = 30;
}
