using Chat.Contracts;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Hosting;

/// <summary>How the process behaves: limits of the web server, health, API description, shutdown.</summary>
public static class HostingSetup
{
    public static void AddHosting(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Nothing that the contract takes is larger than a hub message.
            kestrel.Limits.MaxRequestBodySize = Limits.HubMessageBytes * 2;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(7));
        builder.Services.AddHealthChecks().AddCheck<Stopping>("stopping", tags: ["ready"]);
        builder.Services.TryAddSingleton<BackgroundLoops>();
        builder.Services.AddHealthChecks().AddCheck<BackgroundLoops>("loops", tags: ["ready"]);
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton<ApiDescription>();
        builder.Services.AddHostNames();
        builder.Services.AddHeadRequests();
        builder.Services.AddSingleton(new NodeId(OpaqueId.New()));
        var database = ChatDatabase.From(builder.Configuration);
        builder.Services.AddSingleton(_ => database); // by a function, so that it is disposed of at the end
    }

    /// <summary>Opens the database; what is wrong with it is said before anybody connects.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<ChatDatabase>();
        await database.PrepareAsync();
        foreach (var open in database.OpenToOthers)
            app.Logger.NotPrivate(open);
        database.Watch();
    }

    public static void MapHosting(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteAsync });
        var description = app.Services.GetRequiredService<ApiDescription>();
        app.MapGet("/openapi/v1.json", (RequestDelegate)description.AnswerAsync).ExcludeFromDescription();
        app.SayIfAnyHostIsAnswered();
        app.MapRequestMirror();
    }

    /// <summary>Writes <c>{status, reasons}</c>, with one sentence for each thing that is wrong or missing.</summary>
    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Reasons = report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy || e.Value.Description is not null)
            .ToDictionary(e => e.Key, e => e.Value.Description),
    }, ChatJson.Options);

    /// <summary>A server that is stopping is not ready: a balancer sends no more to it.</summary>
    private sealed class Stopping(IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());
    }
}
