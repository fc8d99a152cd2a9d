using Chat.Server.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Log;
using Chat.Server.Page;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.Http;
using Chat.Server.Transports.SignalR;

if (args is [HealthCommand.Name, .. var rest])
    return await HealthCommand.RunAsync(rest);

return await Starting.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddSecretFiles();
    builder.AddHosting();
    builder.AddLimits();
    builder.AddProblems();
    builder.AddAccounts();
    builder.AddLog();
    builder.AddRelay();
    builder.AddRooms();
    builder.AddSignalRTransport();

    var app = builder.Build();
    await app.PrepareDatabaseAsync();
    await app.MigrateLogAsync();
    await app.MigrateAccountsAsync();

    app.UseSafeHeaders();
    app.UseProblems();
    app.UseAccounts();
    app.MapHosting();
    app.MapAccounts();
    app.MapRooms();
    app.MapMessages();
    app.MapSignalRTransport();
    app.MapPage();
    return app;
});
