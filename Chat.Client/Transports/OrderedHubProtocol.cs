using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Client.Transports;

/// <summary>
/// The JSON protocol, with the answer of each <c>Sync</c> repeated as a push in its place in the stream.
/// <para>
/// The wire says which events belong to which Sync by order alone: all before the answer to the old delivery, all after it
/// to the new one. HubConnection loses that order: pushes go through a queue to their handlers, an answer completes its
/// task at once, and its continuation runs whenever a thread is free. Counting events against <c>Checkpoint</c>
/// would then be off by whatever was in the queue. A protocol is the one place that sees everything in the order of the
/// wire, so here the answer enters the same queue as the events do.
/// </para>
/// </summary>
internal sealed class OrderedHubProtocol : IHubProtocol
{
    /// <summary>The push that stands for the answer of a Sync: (invocation id, answer).</summary>
    public const string Synced = "$synced";

    private readonly JsonHubProtocol _json = new(Options.Create(Json()));
    private readonly ConcurrentDictionary<string, bool> _syncs = new();
    private CompletionMessage? _held;

    public string Name => _json.Name;

    public int Version => _json.Version;

    public TransferFormat TransferFormat => _json.TransferFormat;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(Noted(message));

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _json.WriteMessage(Noted(message), output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (_held is { } held)
        {
            (message, _held) = (held, null);
            return true;
        }

        if (!_json.TryParseMessage(ref input, binder, out message))
            return false;
        if (message is CompletionMessage { InvocationId: { } id } completion && _syncs.TryRemove(id, out _)
            && completion is { HasResult: true, Result: SyncAnswer answer })
        {
            _held = completion;
            message = new InvocationMessage(Synced, [answer]);
        }

        return true;
    }

    private HubMessage Noted(HubMessage message)
    {
        if (message is InvocationMessage { Target: nameof(IChatHub.Sync), InvocationId: { } id })
            _syncs[id] = true;
        return message;
    }

    private static JsonHubProtocolOptions Json()
    {
        var options = new JsonHubProtocolOptions();
        ChatJson.Configure(options.PayloadSerializerOptions);
        return options;
    }
}
