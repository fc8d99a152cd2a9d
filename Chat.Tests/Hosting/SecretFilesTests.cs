using Chat.Server.Hosting;
using Chat.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Chat.Tests.Hosting;

/// <summary>Passwords come in files.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private const string Key = "ConnectionStrings:Redis";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_the_setting_that_its_name_says()
    {
        await File.WriteAllTextAsync(_folder.File("ConnectionStrings__Redis"), "redis,password=p\n", Ct);
        Assert.Equal("redis,password=p", Read());
    }

    [Fact]
    public async Task What_the_command_line_says_counts_more()
    {
        await File.WriteAllTextAsync(_folder.File("ConnectionStrings__Redis"), "file", Ct);
        Assert.Equal("line", Read($"--{Key}=line"));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_no_matter() =>
        Assert.Null(WebApplication.CreateBuilder().AddSecretFiles(_folder.File("missing")).Configuration[Key]);

    [Fact]
    public void A_file_that_cannot_be_read_keeps_the_server_from_starting()
    {
        File.CreateSymbolicLink(_folder.File("ConnectionStrings__Redis"), _folder.File("gone"));
        Assert.Contains(_folder.Path, Assert.Throws<StartException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private string? Read(params string[] args) => WebApplication.CreateBuilder(args).AddSecretFiles(_folder.Path).Configuration[Key];
}
