using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Lab;

namespace Chat.Server.Page;

/// <summary>The web page: what <c>Chat.Web</c>'s build left in <c>wwwroot</c> beside the program.</summary>
public static class PageSetup
{
    /// <summary>
    /// Own files only; no inline code or styles, nothing that makes code of text. Script addresses go through the policy <c>chat</c>,
    /// which knows one: the service worker's.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types chat";

    private const string PermissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    /// <summary>The addresses that open the page; <c>src/sw/route.ts</c> knows the same. Elsewhere a wrong address stays a 404.</summary>
    private static readonly string[] Addresses = ["/", "/r/{roomId}", "/r/{roomId}/{seq:long}"];

    /// <summary>The lab's document; it is shown at <c>/lab</c>, where the lab is on.</summary>
    private const string Lab = "/lab.html";

    /// <summary>Serves the page. A server that was built without it says so in its log, and to who asks.</summary>
    public static void MapPage(this WebApplication app) => app.MapPage(Path.Combine(AppContext.BaseDirectory, "wwwroot"));

    internal static void MapPage(this WebApplication app, string folder)
    {
        var files = PageFile.ReadAll(folder);
        foreach (var file in files.Where(file => file.Path != Lab))
            Map(app, file.Path, file);
        if (LabOptions.IsEnabled(app.Configuration) && files.FirstOrDefault(file => file.Path == Lab) is { } lab)
        {
            foreach (var address in (string[])["/lab", Lab])
                Map(app, address, lab, $"{ContentSecurityPolicy}; frame-src 'self'"); // one of its transports is a frame
        }
        var index = files.FirstOrDefault(file => file.Path == "/index.html");
        if (index is null)
            app.Logger.PageMissing(folder);
        foreach (var address in Addresses)
        {
            if (index is not null)
                Map(app, address, index);
            else
                app.MapGet(address, void () => throw new ChatException(ErrorCodes.NotFound, "this server was built without its page")).ExcludeFromDescription();
        }
    }

    /// <summary>Everybody may see it, so it goes past who they are: the page opens while the database does not answer.</summary>
    private static void Map(WebApplication app, string address, PageFile file, string policy = ContentSecurityPolicy) =>
        app.MapMethods(address, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context =>
        {
            var headers = context.Response.Headers;
            SafeHeaders.Add(headers);
            headers.ContentSecurityPolicy = policy;
            headers["Permissions-Policy"] = PermissionsPolicy;
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return file.AnswerAsync(context);
        })).ExcludeFromDescription().ShortCircuit();
}
