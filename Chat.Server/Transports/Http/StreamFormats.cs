using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Relay;

namespace Chat.Server.Transports.Http;

/// <summary>Server-Sent Events (WHATWG HTML, 9.2).</summary>
internal sealed class EventStream : IStreamFormat
{
    public int MaxEvents => int.MaxValue;

    public void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        // Each comes back at a moment of its own, not all at once, when a node has stopped.
        response.BodyWriter.Write(Encoding.ASCII.GetBytes($"retry: {Random.Shared.Next(1_000, 3_000)}\n\n"));
    }

    public void Write(IBufferWriter<byte> output, RelayedEvent e) => output.Write(EventText.Block(e).Span);

    public void WriteBeat(IBufferWriter<byte> output) => output.Write(":\n\n"u8);
}

/// <summary>A page that never ends: a script for each event calls a function of the page around it.</summary>
internal sealed partial class FramePage : IStreamFormat
{
    /// <summary>Some browsers show nothing of a page before they have about so many bytes of it.</summary>
    private const int Padding = 1024;

    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
    private readonly byte[] _call;

    /// <param name="callback">The function's name.</param>
    /// <exception cref="ChatException"><c>invalid</c>: not a plain name.</exception>
    public FramePage(string? callback)
    {
        if (callback is null || !Name().IsMatch(callback))
            throw new ChatException(ErrorCodes.Invalid, "callback: the name of a function, 1 to 64 letters, digits, _ and $, not beginning with a digit");
        _call = Encoding.ASCII.GetBytes($"<script nonce=\"{_nonce}\">parent.{callback}(");
    }

    /// <summary>The browser keeps every script that it has run.</summary>
    public int MaxEvents => 10_000;

    public void Begin(HttpResponse response)
    {
        response.ContentType = "text/html; charset=utf-8";
        // Nothing runs but our own scripts, and nobody else's page may have them run.
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'nonce-{_nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
        response.BodyWriter.Write(Encoding.ASCII.GetBytes($"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>events</title></head><body><!--{new string(' ', Padding)}-->\n"));
    }

    public void Write(IBufferWriter<byte> output, RelayedEvent e)
    {
        output.Write(_call);
        output.Write(EventText.Argument(e).Span);
        output.Write(")</script>\n"u8);
    }

    public void WriteBeat(IBufferWriter<byte> output) => output.Write("<!---->\n"u8);

    [GeneratedRegex(@"\A[A-Za-z_$][A-Za-z0-9_$]{0,63}\z")]
    private static partial Regex Name();
}
