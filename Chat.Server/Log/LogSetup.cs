using Chat.Server.Hosting;
using Chat.Server.Log.Postgres;
using Chat.Server.Log.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Chat.Server.Log;

/// <summary>Puts the log together. The only code that knows which store runs.</summary>
public static class LogSetup
{
    public static void AddLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LogOptions>, LogOptionsValidator>();
        builder.Services.AddDbContextFactory<LogDb>((services, options) =>
            services.GetRequiredService<ChatDatabase>().Use(options, LogDb.MigrationsTable));
        builder.Services.AddSingleton(Open);
        builder.Services.AddSingleton<RoomCatalog>();
        builder.Services.AddSingleton<Memberships>();
        builder.Services.AddSingleton<ConsentCatalog>();
        builder.Services.AddSingleton<LogHealth>();
        builder.Services.AddHealthChecks().AddCheck<LogHealth>("log", tags: ["ready"]);
    }

    /// <summary>Creates or updates the log's tables; before the server listens.</summary>
    public static async Task MigrateLogAsync(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<ChatDatabase>();
        await using var db = LogDb.Migrating(database);
        await database.MigrateAsync(db, app.Logger, app.Lifetime.ApplicationStopping);
        await RoomNameSearch.PrepareAsync(db, app.Logger, app.Lifetime.ApplicationStopping);
    }

    private static IRoomLog Open(IServiceProvider services)
    {
        var database = services.GetRequiredService<ChatDatabase>();
        var (options, time) = (services.GetRequiredService<IOptions<LogOptions>>().Value, services.GetRequiredService<TimeProvider>());
        return database is PostgresDatabase
            ? new PostgresRoomLog(database.ConnectionString, time, services.GetRequiredService<ILogger<PostgresRoomLog>>(), options.BatchSize, options.Committers)
            : new SqliteRoomLog(database.ConnectionString, time, services.GetRequiredService<ILogger<SqliteRoomLog>>(), options.BatchSize);
    }
}
