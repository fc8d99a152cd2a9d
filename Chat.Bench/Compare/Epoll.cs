using System.Runtime.InteropServices;

namespace Chat.Bench.Compare;

/// <summary>
/// Waits for many sockets with one thread and reads them with as little work as the system allows: what receives must cost less than what sends.
/// Linux only. Sockets that are added must not be read in any other way from then on.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint Readable = 1;
    private const int DoNotWait = 0x40;
    private const int MaxEvents = 512;
    private const int Again = 11;
    private const int Interrupted = 4;

    // The kernel packs its structure on x86-64 only.
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_size = s_dataAt + 8;

    private readonly int _epoll;
    private readonly byte[] _events = new byte[MaxEvents * s_size];

    public Epoll()
    {
        _epoll = epoll_create1(0);
        if (_epoll < 0)
            throw Failed("epoll_create1");
    }

    /// <summary>Waits for a socket, too, and calls it by a number.</summary>
    public void Watch(IntPtr socket, int number)
    {
        Span<byte> entry = stackalloc byte[s_size];
        entry.Clear();
        MemoryMarshal.Write(entry, Readable);
        MemoryMarshal.Write(entry[s_dataAt..], number);
        if (epoll_ctl(_epoll, Add, socket.ToInt32(), ref MemoryMarshal.GetReference(entry)) < 0)
            throw Failed("epoll_ctl");
    }

    /// <summary>Waits until something can be read, at most so long, and writes the numbers of those that can; returns how many.</summary>
    public int Wait(Span<int> ready, TimeSpan atMost)
    {
        var count = epoll_wait(_epoll, ref MemoryMarshal.GetArrayDataReference(_events), Math.Min(MaxEvents, ready.Length), (int)atMost.TotalMilliseconds);
        if (count < 0)
            return Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw Failed("epoll_wait");
        for (var i = 0; i < count; i++)
            ready[i] = MemoryMarshal.Read<int>(_events.AsSpan((i * s_size) + s_dataAt));
        return count;
    }

    /// <summary>Reads what is there: 0 at the end of the connection, -1 if there is nothing.</summary>
    public static int Read(IntPtr socket, Span<byte> into)
    {
        var read = recv(socket.ToInt32(), ref MemoryMarshal.GetReference(into), into.Length, DoNotWait).ToInt32();
        return read >= 0 ? read : Marshal.GetLastPInvokeError() is Again or Interrupted ? -1 : 0;
    }

    public void Dispose() => _ = close(_epoll);

    private static IOException Failed(string call) => new($"{call} failed ({Marshal.GetLastPInvokeError()})");

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(int epoll, int operation, int descriptor, ref byte entry);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_wait(int epoll, ref byte events, int maxEvents, int timeout);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint recv(int socket, ref byte buffer, nint length, int flags);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
