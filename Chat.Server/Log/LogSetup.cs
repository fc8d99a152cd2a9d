using Chat.Server.Hosting;
using Chat.Server.Log.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Chat.Server.Log;

/// <summary>Puts the log together. The only code that knows which store runs.</summary>
public static class LogSetup
{
    public static void AddLog(this WebApplicationBuilder builder)
    {
        var database = ChatDatabase.From(builder.Configuration);
        builder.Services.AddSingleton(database);
        builder.Services.AddDbContextFactory<LogDb>(options => options.UseSqlite(
            database.ConnectionString, sqlite => sqlite.MigrationsHistoryTable(LogDb.MigrationsTable)));
        builder.Services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LogOptions>, LogOptionsValidator>();
        builder.Services.AddSingleton<IRoomLog>(services => ActivatorUtilities.CreateInstance<SqliteRoomLog>(
            services, database.ConnectionString, services.GetRequiredService<IOptions<LogOptions>>().Value.BatchSize));
        builder.Services.AddSingleton<RoomCatalog>();
        builder.Services.AddHealthChecks().AddCheck<LogHealth>("log", tags: ["ready"]);
    }

    /// <summary>Creates or updates the log's tables and opens it, so that what is wrong with the database is said before anybody connects.</summary>
    public static async Task OpenLogAsync(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<ChatDatabase>();
        await database.PrepareAsync();
        try
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<LogDb>>().CreateDbContextAsync();
            await db.BringUpToDateAsync(CancellationToken.None);
            _ = app.Services.GetRequiredService<IRoomLog>();
        }
        catch (SqliteException e)
        {
            throw database.Unusable(e);
        }
    }
}
