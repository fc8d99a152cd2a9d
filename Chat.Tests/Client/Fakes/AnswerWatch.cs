using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Tests.Client.Fakes;

/// <summary>The JSON protocol, telling when a Sync answer is written: only then may its delivery begin.</summary>
internal sealed class AnswerWatch : IHubProtocol
{
    private static readonly ConditionalWeakTable<SyncAnswer, TaskCompletionSource> Waiting = [];

    private readonly JsonHubProtocol _json = new(Options.Create(Json()));

    public string Name => _json.Name;

    public int Version => _json.Version;

    public TransferFormat TransferFormat => _json.TransferFormat;

    public static Task Written(SyncAnswer answer) =>
        Waiting.GetValue(answer, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
        _json.TryParseMessage(ref input, binder, out message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        _json.WriteMessage(message, output);
        if (message is CompletionMessage { Result: SyncAnswer answer } && Waiting.TryGetValue(answer, out var written))
            written.TrySetResult();
    }

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _json.GetMessageBytes(message);

    private static JsonHubProtocolOptions Json()
    {
        var options = new JsonHubProtocolOptions();
        ChatJson.Configure(options.PayloadSerializerOptions);
        return options;
    }
}
