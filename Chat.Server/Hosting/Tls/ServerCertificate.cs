namespace Chat.Server.Hosting.Tls;

/// <summary>
/// The certificate that the server shows now. Given files are read again when they change, a certificate of the server's own is renewed in time;
/// connections that are there stay as they are. Thread-safe.
/// </summary>
internal sealed class ServerCertificate : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5), s_warning = TimeSpan.FromDays(14);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly BackgroundLoops _loops;
    private readonly ILogger<ServerCertificate> _logger;
    private (string, string) _files;
    private volatile ShownCertificate _current;
    private string? _trouble;

    /// <exception cref="StartException">There is none that could be shown.</exception>
    public ServerCertificate(TlsOptions options, TimeProvider time, BackgroundLoops loops,
        ILogger<ServerCertificate> logger)
    {
        (_options, _time, _loops, _logger) = (options, time, loops, logger);
        _files = options.IsGiven ? GivenCertificate.Files(options) : default;
        _current = Read(_files);
        foreach (var open in options.IsGiven ? [] : MadeCertificate.Protect(options))
            logger.NotPrivate(open);
        Say();
    }

    /// <summary>For the next connection.</summary>
    public ShownCertificate Current => _current;

    /// <summary>Looks whether there is a newer one; if that is not usable, the former stays and the log says why.</summary>
    public void Look()
    {
        try
        {
            var files = _options.IsGiven ? GivenCertificate.Files(_options) : default;
            var unchanged = _options.IsGiven ? files == _files : _current.Ends > _time.GetUtcNow() + MadeCertificate.Early;
            if (unchanged)
                return;
            _current = Read(files);
            _files = files; // what is not usable now may be so later
            _trouble = null;
            Say();
        }
        catch (StartException e)
        {
            if (_trouble != e.Message)
                _logger.FormerStays(e.Message);
            _trouble = e.Message;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _loops.RunAsync("certificate", WatchAsync, stoppingToken);

    private async Task WatchAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_interval, _time);
        var warned = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stopping))
        {
            Look();
            var now = _time.GetUtcNow();
            if (_current.Ends - now > s_warning || now - warned < TimeSpan.FromDays(1))
                continue;
            warned = now;
            _logger.EndsSoon(_current.Ends);
        }
    }

    private ShownCertificate Read((string, string) files) => _options.IsGiven
        ? GivenCertificate.Read(_options, files, _time.GetUtcNow())
        : MadeCertificate.Read(_options, _time.GetUtcNow());

    private void Say()
    {
        if (_options.IsGiven)
            _logger.Given(_options.Certificate!, _current.Ends, _current.Pin);
        else
            _logger.Made(MadeCertificate.AuthorityFile(_options), _current.Ends, _current.Pin);
    }
}
