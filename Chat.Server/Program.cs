using Chat.Server.Accounts;
using Chat.Server.Cluster;
using Chat.Server.Copying;
using Chat.Server.Hosting;
using Chat.Server.Hosting.Tls;
using Chat.Server.Keys;
using Chat.Server.Lab;
using Chat.Server.Log;
using Chat.Server.Page;
using Chat.Server.Relay;
using Chat.Server.Rooms;
using Chat.Server.Transports.Bounds;
using Chat.Server.Transports.Http;
using Chat.Server.Transports.SignalR;

switch (args)
{
    case [CopyCommand.Name, .. var copy]:
        return await CopyCommand.RunAsync(copy);
    case [HealthCommand.Name, .. var health]:
        return await HealthCommand.RunAsync(health);
    case [KeysCommand.Name, .. var keys]:
        return await KeysCommand.RunAsync(keys);
}

return await Starting.RunAsync(async () =>
{
    var builder = Starting.NewBuilder(TlsSetup.Expand(args));
    builder.AddSecretFiles();
    builder.AddHosting();
    builder.AddTls();
    builder.AddTrustedProxies();
    builder.AddLimits();
    builder.AddProblems();
    builder.AddAccounts();
    builder.AddKeys();
    builder.AddLog();
    builder.AddRelay();
    builder.AddRooms();
    builder.AddServerInfo();
    builder.AddBounds();
    builder.AddFeeds();
    builder.AddSignalRTransport();
    builder.AddCluster();
    builder.AddLab();

    var app = builder.Build();
    app.PrepareTls();
    await app.PrepareDatabaseAsync();
    await app.RefuseHalfACopyAsync();
    app.CheckKeys();
    await app.MigrateLogAsync();
    await app.MigrateAccountsAsync();
    await app.MigrateClusterAsync();
    await app.PrepareKeysAsync();
    await app.ConnectRelayAsync();

    app.UseSafeHeaders();
    app.UseProblems();
    app.UseLab();
    app.UseCluster();
    app.UseWebSockets();
    app.UseAccounts();
    app.MapHosting();
    app.MapAccounts();
    app.MapServerInfo();
    app.MapRooms();
    app.MapConsent();
    app.MapMessages();
    app.MapFeeds();
    app.MapSignalRTransport();
    app.MapCluster();
    app.MapLab();
    app.MapPage();
    return app;
});
