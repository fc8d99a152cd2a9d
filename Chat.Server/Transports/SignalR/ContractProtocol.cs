using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Transports.SignalR;

/// <summary>
/// A hub protocol that says what is wrong with a message in the contract's codes, where SignalR would only say that something is; and that lets
/// optional arguments at the end be left out, which SignalR does not know. Everything else is the inner protocol's.
/// </summary>
internal sealed class ContractProtocol(IHubProtocol inner) : IHubProtocol
{
    /// <summary>How many arguments each method needs at least.</summary>
    private static readonly Dictionary<string, int> s_needed = typeof(IChatHub).GetMethods().ToDictionary(
        m => m.Name, m => m.GetParameters().Count(p => !p.HasDefaultValue), StringComparer.OrdinalIgnoreCase);

    public string Name => inner.Name;

    public int Version => inner.Version;

    public TransferFormat TransferFormat => inner.TransferFormat;

    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var start = input;
        try
        {
            if (!inner.TryParseMessage(ref input, binder, out message))
            {
                // The parser has consumed bytes without finding a message: the protocol does not know the message's
                // type. SignalR would wait here for the rest of it without end.
                if (input.Length < start.Length)
                    throw Unreadable("a hub does not know this type of message");
                // SignalR hands over no more than the limit: what is not complete by then never will be.
                return start.Length < Limits.HubMessageBytes
                    ? false
                    : throw Malformed(ErrorCodes.TooLarge, $"a hub message has at most {Limits.HubMessageBytes} bytes");
            }
        }
        catch (Exception e) when (e is not HubException)
        {
            throw Unreadable($"not a message of the {Name} protocol");
        }
        if (message is StreamInvocationMessage stream)
            message = Failure(stream.InvocationId, stream.Target, $"{ErrorCodes.Invalid}: no hub method streams");
        else if (message is not (HubMethodInvocationMessage or InvocationBindingFailureMessage or PingMessage
            or CloseMessage))
            throw Unreadable("a client calls methods and pings; nothing else is understood");

        if (message is InvocationBindingFailureMessage failure)
            message = (HubMessage?)WithoutOptional(start, binder, failure) ?? Explain(failure);
        else if (message is InvocationMessage invocation && !s_needed.ContainsKey(invocation.Target))
            message = Failure(invocation.InvocationId, invocation.Target, Unknown(invocation.Target));
        if (message is InvocationBindingFailureMessage { BindingFailure.SourceException.Message: var refusal })
            GuardedInput.Current?.Refused(refusal[..refusal.IndexOf(':', StringComparison.Ordinal)]);
        return true;
    }

    /// <summary>The server counts this message and ends the connection.</summary>
    private static HubException Malformed(string code, string text)
    {
        GuardedInput.Current?.Malformed(code);
        return new HubException($"{code}: {text}");
    }

    private static HubException Unreadable(string text) => Malformed(ErrorCodes.Invalid, text);

    /// <summary>Reads the message again as one with fewer arguments, down to those that are needed.</summary>
    private InvocationMessage? WithoutOptional(ReadOnlySequence<byte> start, IInvocationBinder binder, InvocationBindingFailureMessage failure)
    {
        if (!s_needed.TryGetValue(failure.Target, out var needed))
            return null;
        var types = binder.GetParameterTypes(failure.Target);
        for (var count = types.Count - 1; count >= needed; count--)
        {
            var again = start;
            if (inner.TryParseMessage(ref again, new Shortened(binder, count), out var message) && message is InvocationMessage shorter)
            {
                var arguments = shorter.Arguments.Concat(Enumerable.Repeat<object?>(null, types.Count - count)).ToArray();
                return new InvocationMessage(shorter.InvocationId, shorter.Target, arguments, shorter.StreamIds) { Headers = shorter.Headers };
            }
        }
        return null;
    }

    private static InvocationBindingFailureMessage Explain(InvocationBindingFailureMessage failure) => Failure(
        failure.InvocationId, failure.Target,
        s_needed.ContainsKey(failure.Target) ? $"{ErrorCodes.Invalid}: arguments: not what {failure.Target} takes" : Unknown(failure.Target));

    private static InvocationBindingFailureMessage Failure(string? invocationId, string target, string text) =>
        new(invocationId, target, ExceptionDispatchInfo.Capture(new HubException(text)));

    private static string Unknown(string target) => $"{ErrorCodes.NotFound}: no hub method {(target.Length <= 64 ? target : target[..64])}";

    private sealed class Shortened(IInvocationBinder binder, int count) : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [.. binder.GetParameterTypes(methodName).Take(count)];

        public Type GetReturnType(string invocationId) => binder.GetReturnType(invocationId);

        public Type GetStreamItemType(string streamId) => binder.GetStreamItemType(streamId);
    }
}
