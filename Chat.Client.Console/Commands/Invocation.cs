using System.CommandLine;
using Chat.Client.Console.Interactive;
using Chat.Client.Console.Profile;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>One run of the program: where it connects, as whom, and where it writes.</summary>
public sealed class Invocation : IDisposable
{
    private readonly Lazy<AccountClient> _accounts;
    private readonly StoredTrust? _trust;

    /// <summary>Reads the global options and the environment. Throws <see cref="ChatException"/> if they are wrong.</summary>
    public Invocation(ParseResult options, TerminalWriter output)
    {
        Out = output;
        Time = TimeProvider.System;
        ProfileName = ProfileFolder.Checked(options.GetValue(GlobalOptions.Profile)!);
        Profile = new ProfileFile(Path.Combine(ProfileFolder.Path, $"{ProfileName}.json"));
        Server = ServerAddress(options.GetValue(GlobalOptions.Server));
        Transport = TransportNames.Parse(options.GetValue(GlobalOptions.Transport)!);
        Timeout = options.GetValue(GlobalOptions.Timeout) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : System.Threading.Timeout.InfiniteTimeSpan;
        Plain = options.GetValue(GlobalOptions.Plain);
        _trust = StoredTrust.Of(options.GetValue(GlobalOptions.Pin), options.GetValue(GlobalOptions.Authority));
        _accounts = new Lazy<AccountClient>(() => new AccountClient(Server, trust: Trust));
    }

    private Invocation(Invocation other, Uri server)
    {
        (Out, Time, ProfileName, Profile, Transport, Timeout, Plain) = (other.Out, other.Time, other.ProfileName, other.Profile, other.Transport, other.Timeout, other.Plain);
        (Server, _trust) = (server, other._trust);
        _accounts = new Lazy<AccountClient>(() => new AccountClient(Server, trust: Trust));
    }

    /// <summary>Standard output.</summary>
    public TerminalWriter Out { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The server's root.</summary>
    public Uri Server { get; }

    /// <summary>The only transport to use; null for the best that works.</summary>
    public TransportKind? Transport { get; }

    /// <summary>Which account.</summary>
    public string ProfileName { get; }

    /// <summary>Its tokens.</summary>
    public ProfileFile Profile { get; }

    /// <summary>How long to wait for the server; infinite if the person said so.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Line by line.</summary>
    public bool Plain { get; }

    /// <summary>Accounts on the server.</summary>
    public AccountClient Accounts => _accounts.Value;

    /// <summary>Which certificates count as the server's: as the command line says, or an earlier one said, or else the system.</summary>
    public CertificateTrust Trust => (_trust ?? Profile.Read().Trust.GetValueOrDefault(Server.AbsoluteUri) ?? new StoredTrust())
        .ToTrust(pin => $"chat --server {Server} --pin {pin}");

    /// <summary>An access token from the environment; it is used as it is and never renewed.</summary>
    public static string? TokenFromEnvironment => Environment.GetEnvironmentVariable("CHAT_TOKEN") is { Length: > 0 } token ? token : null;

    /// <summary>Whether there is something to sign in with.</summary>
    public bool IsSignedIn => TokenFromEnvironment is not null || Profile.Read().On(Server) is not null;

    /// <summary>The same on another server.</summary>
    public Invocation At(Uri server) => new(this, server);

    /// <summary>Options of a connection as this person. Throws <c>unauthenticated</c> if nobody is signed in.</summary>
    public ChatOptions ConnectionOptions()
    {
        var options = new ChatOptions
        {
            Server = Server,
            Trust = Trust,
            Transport = Transport,
            TransportFile = ProfileFolder.File("transports.json"),
            AccessToken = _ => ValueTask.FromResult(TokenFromEnvironment),
        };
        if (TokenFromEnvironment is not null)
            return options;
        if (!IsSignedIn)
            throw new ChatException(ErrorCodes.Unauthenticated, $"Not signed in to {Server}: use chat login, chat register or chat guest NAME.");
        var tokens = new ProfileTokens(Profile, Server, Accounts, Time);
        return options with { AccessToken = tokens.GetAsync, RefreshAccessToken = tokens.RefreshAsync };
    }

    /// <summary>
    /// Keeps what the command line says about certificates for this server, if it says something, once the server has shown one that fits: what is
    /// mistyped is not kept. Throws <c>usage</c> if the server has none, <c>untrusted_certificate</c> if it shows another.
    /// </summary>
    public async Task KeepTrustAsync(CancellationToken ct)
    {
        if (_trust is null)
            return;
        if (Server.Scheme != Uri.UriSchemeHttps)
            throw new ChatException(ExitCodes.UsageCode, $"--pin and --ca are for https: {Server} shows no certificate.");
        try
        {
            if (!_trust.IsNone)
                await WithinAsync(Accounts.ReachAsync, ct);
        }
        catch (ChatException refusal) when (refusal.Code == ErrorCodes.Unavailable)
        {
            return; // nobody to compare it with: it counts for this run
        }
        await Profile.ChangeAsync(before => before.With(Server, _trust), ct);
    }

    /// <summary>A connection that is connected. Throws <c>unavailable</c> after <see cref="Timeout"/>.</summary>
    public async Task<ChatConnection> ConnectAsync(CancellationToken ct)
    {
        await KeepTrustAsync(ct);
        var connection = new ChatConnection(ConnectionOptions());
        try
        {
            await WithinAsync(connection.StartAsync, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the server, but not longer than <see cref="Timeout"/>; then throws <c>unavailable</c>.</summary>
    public async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Timeout);
        try
        {
            return await call(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ChatException(ErrorCodes.Unavailable, $"{Server} did not answer within {Timeout.TotalSeconds:0.#} s.");
        }
    }

    /// <inheritdoc cref="WithinAsync{T}"/>
    public Task WithinAsync(Func<CancellationToken, Task> call, CancellationToken ct) =>
        WithinAsync<object?>(async patience =>
        {
            await call(patience);
            return null;
        }, ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_accounts.IsValueCreated)
            _accounts.Value.Dispose();
    }

    private Uri ServerAddress(string? option)
    {
        var text = option ?? Environment.GetEnvironmentVariable("CHAT_SERVER");
        if (string.IsNullOrEmpty(text))
            return Profile.Read().Server ?? new Uri("http://localhost:5000/");
        return ParseServer(text);
    }

    /// <summary>A server's root from what a person writes; <c>http</c> is assumed for this machine and <c>https</c> elsewhere.</summary>
    public static Uri ParseServer(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            var host = text.Split('/', ':')[0];
            text = $"{(host is "localhost" || host.StartsWith("127.", StringComparison.Ordinal) ? "http" : "https")}://{text}";
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new ChatException(ErrorCodes.Invalid, $"{text} is not the address of a server.");
    }
}
