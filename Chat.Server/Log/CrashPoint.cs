using System.Diagnostics;

namespace Chat.Server.Log;

/// <summary>
/// The moments between writing and telling at which a crash matters. With <c>CHAT_CRASH_AT=after-commit:3</c> in the
/// environment the process kills itself (SIGKILL: no handler, no flush) the third time it gets there. For tests only;
/// without the variable a point costs one comparison.
/// </summary>
public static class CrashPoint
{
    /// <summary>Everything is written, nothing committed.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>Committed, nobody told.</summary>
    public const string AfterCommit = "after-commit";

    /// <summary>The sender's answer is on its way, no receiver told.</summary>
    public const string AfterAck = "after-ack";

    /// <summary>A page of a table has been copied to another database.</summary>
    public const string PageCopied = "page-copied";

    private static readonly string? s_point;
    private static int s_left;

    static CrashPoint()
    {
        var at = Environment.GetEnvironmentVariable("CHAT_CRASH_AT")?.Split(':');
        if (at is [var point, var times] && int.TryParse(times, out s_left))
            s_point = point;
    }

    /// <summary>Dies here if this is the point and the time.</summary>
    public static void Reach(string point)
    {
        if (s_point is null || s_point != point || Interlocked.Decrement(ref s_left) != 0)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
