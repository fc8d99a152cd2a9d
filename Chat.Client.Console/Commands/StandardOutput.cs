using System.Runtime.InteropServices;

namespace Chat.Client.Console.Commands;

/// <summary>
/// File descriptor 1 by <c>write(2)</c>. The platform's own stream takes a closed pipe (EPIPE) for success, so <c>chat tail -f | head</c>
/// would run for ever; a <see cref="FileStream"/> keeps an offset of its own and would overwrite what others write to the same file.
/// </summary>
internal sealed partial class StandardOutput : Stream
{
    /// <summary>EPIPE, on every Unix.</summary>
    public const int BrokenPipe = 32;

    private const int Interrupted = 4;

    // EAGAIN of Linux and of macOS: somebody made the terminal non-blocking.
    private static bool IsFull(int error) => error is 11 or 35;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = WriteOnce(1, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            if (IsFull(error))
                Thread.Sleep(1);
            else if (error != Interrupted)
                throw new IOException($"Standard output: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteOnce(int descriptor, ReadOnlySpan<byte> buffer, nint count);
}
