using System.Diagnostics;

namespace Chat.Bench;

/// <summary>A program in C that this one is compared with, from <c>peers</c>; compiled where it is needed.</summary>
internal static class CProgram
{
    /// <summary>Whether there is a compiler (Debian's <c>gcc</c>).</summary>
    public static bool CanCompile => Tools.Find("cc") is not null;

    /// <summary>Compiles a file of <c>peers</c>, optimized. Returns the program's path, or throws with what the compiler said.</summary>
    /// <param name="source">Such as <c>floor/floor.c</c>.</param>
    /// <param name="folder">Where the program goes.</param>
    /// <param name="libraries">Such as <c>sqlite3</c>.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<string> CompileAsync(string source, string folder, IReadOnlyList<string> libraries, CancellationToken ct)
    {
        var program = Path.Combine(folder, Path.GetFileNameWithoutExtension(source));
        using var compiler = Process.Start(new ProcessStartInfo(
            "cc", ["-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "peers", source), .. libraries.Select(l => $"-l{l}")])
        { RedirectStandardError = true })!;
        var error = await compiler.StandardError.ReadToEndAsync(ct);
        await compiler.WaitForExitAsync(ct);
        return compiler.ExitCode == 0 ? program : throw new InvalidOperationException($"cc failed: {error}");
    }
}
