using Microsoft.AspNetCore.SignalR;

// The chat of SignalR's tutorial, with a room; with --redis ADDRESS over the official backplane.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var signalR = builder.Services.AddSignalR();
if (builder.Configuration["redis"] is { Length: > 0 } redis)
    signalR.AddStackExchangeRedis(redis);
var app = builder.Build();
app.MapHub<RoomHub>("/room");
await app.RunAsync();

/// <summary>Who joins the room gets what anybody sends to it.</summary>
internal sealed class RoomHub : Hub
{
    private const string Room = "room";

    public Task Join() => Groups.AddToGroupAsync(Context.ConnectionId, Room);

    public Task SendMessage(string user, string message) => Clients.Group(Room).SendAsync("ReceiveMessage", user, message);
}
