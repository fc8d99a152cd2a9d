using System.Buffers;
using Chat.Server.Relay;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Transports.Http;

/// <summary>What an answer that never ends consists of.</summary>
internal interface IStreamFormat
{
    /// <summary>Sets the headers that are its own, and writes how it begins.</summary>
    void Begin(HttpResponse response);

    /// <summary>After how many events it ends by itself, for the client to go on with a new one.</summary>
    int MaxEvents { get; }

    /// <summary>Writes an event.</summary>
    void Write(IBufferWriter<byte> output, RelayedEvent e);

    /// <summary>Writes what means nothing.</summary>
    void WriteBeat(IBufferWriter<byte> output);
}

/// <summary>
/// A session's way through the body of an answer that never ends. Flow control is the connection's: a write completes when its buffer has room again.
/// </summary>
internal sealed class StreamTransport(HttpContext http, IStreamFormat format) : FeedTransport
{
    private int _written;

    /// <summary>Sends headers and beginning at once, so that the client knows that it is connected.</summary>
    public async Task BeginAsync()
    {
        // Compressing, or gathering, would hold events back.
        http.Response.Headers.CacheControl = "no-cache, no-store, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        format.Begin(http.Response);
        await FlushAsync();
    }

    public override async ValueTask<bool> WriteAsync(IReadOnlyList<RelayedEvent> events)
    {
        foreach (var e in events)
            format.Write(http.Response.BodyWriter, e);
        var goesOn = await FlushAsync();
        if ((_written += events.Count) < format.MaxEvents)
            return goesOn;
        End(FeedEnd.Done);
        return false;
    }

    protected override ValueTask<bool> BeatAsync()
    {
        format.WriteBeat(http.Response.BodyWriter);
        return FlushAsync();
    }

    private async ValueTask<bool> FlushAsync()
    {
        var flushed = await http.Response.BodyWriter.FlushAsync();
        return !flushed.IsCompleted && !flushed.IsCanceled && !http.RequestAborted.IsCancellationRequested;
    }
}
