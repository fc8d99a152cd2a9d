using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace Chat.Server.Hosting;

/// <summary>
/// Settings that nobody shall see in a list of processes or of a container's variables: one file each, named like the key with <c>__</c>
/// for <c>:</c>, in the folder where Docker, Podman and Kubernetes put secrets.
/// </summary>
public static class SecretFiles
{
    /// <summary>Where they are looked for; it need not exist.</summary>
    public const string Folder = "/run/secrets";

    /// <summary>Adds them: they win over <c>appsettings.json</c>; the environment and the command line win over them. Read once, at start.</summary>
    /// <exception cref="StartException">A file cannot be read.</exception>
    public static WebApplicationBuilder AddSecretFiles(this WebApplicationBuilder builder, string folder = Folder)
    {
        if (!Directory.Exists(folder)) return builder;
        var sources = builder.Configuration.Sources;
        var after = sources.Select((source, at) => source is JsonConfigurationSource ? at + 1 : 0).Max();
        try
        {
            sources.Insert(after, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), ReloadOnChange = false });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{folder}: {e.Message}", e);
        }
        return builder;
    }
}
