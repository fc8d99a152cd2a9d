using Chat.Server.Accounts;
using Chat.Server.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddLimits();
builder.AddProblems();
builder.AddAccounts();

var app = builder.Build();
await app.MigrateAccountsAsync();
app.UseProblems();
app.UseAccounts();
app.MapAccounts();
await app.RunAsync();
