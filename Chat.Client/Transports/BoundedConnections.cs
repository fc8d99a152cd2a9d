using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Client.Transports;

/// <summary>
/// Bounds the bytes that gather while a message is not complete, on every transport and from the handshake on.
/// SignalR's client itself reads on without a bound until the end of a message comes.
/// </summary>
internal sealed class BoundedConnections(IConnectionFactory inner, Uri server, int most) : IConnectionFactory
{
    /// <summary>Replaces the registered connection factory by one that bounds its connections.</summary>
    public static void AddTo(IServiceCollection services, Uri server, int most)
    {
        var factory = services.Last(service => service.ServiceType == typeof(IConnectionFactory));
        services.Remove(factory);
        services.AddSingleton<IConnectionFactory>(provider => new BoundedConnections(
            (IConnectionFactory)ActivatorUtilities.CreateInstance(provider, factory.ImplementationType!),
            server, most));
    }

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint,
        CancellationToken cancellationToken = default) =>
        new Connection(await inner.ConnectAsync(endpoint, cancellationToken), server, most);

    private sealed class Connection(ConnectionContext inner, Uri server, int most) : ConnectionContext, IDuplexPipe
    {
        private readonly Reader _input = new(inner.Transport.Input, server, most);

        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override IDuplexPipe Transport
        {
            get => this;
            set => throw new NotSupportedException();
        }

        public PipeReader Input => _input;

        public PipeWriter Output => inner.Transport.Output;

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class Reader(PipeReader inner, Uri server, int most) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Bounded(await inner.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            var any = inner.TryRead(out result);
            if (any)
                Bounded(result);
            return any;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        // The reader has taken every complete message before it asks for more.
        private ReadResult Bounded(ReadResult result) =>
            result.Buffer.Length <= most ? result : throw ServerAnswers.TooLarge(server, most);
    }
}
