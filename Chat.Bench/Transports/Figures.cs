namespace Chat.Bench.Transports;

/// <summary>What a technique has cost at one rate.</summary>
/// <param name="Rate">Messages a second.</param>
/// <param name="Messages">Messages that were delivered, to all clients together.</param>
/// <param name="MedianDelay">From the moment that the sender calls until a client has the event, in ms.</param>
/// <param name="P99Delay">The same, 99th percentile.</param>
/// <param name="Requests">HTTP requests a delivered message.</param>
/// <param name="Bytes">Bytes of TCP payload, both directions, a delivered message.</param>
internal sealed record RateFigures(double Rate, int Messages, double MedianDelay, double P99Delay, double Requests, double Bytes);

/// <summary>What an idle client costs.</summary>
/// <param name="Requests">HTTP requests a minute.</param>
/// <param name="Bytes">Bytes of TCP payload, both directions, a minute.</param>
/// <param name="Processor">Milliseconds of the server's processor a minute.</param>
/// <param name="Memory">Bytes of the server's memory that are not there without it.</param>
internal sealed record IdleFigures(double Requests, double Bytes, double Processor, double Memory);

/// <summary>All of one technique.</summary>
internal sealed record TechniqueFigures(string Name, IReadOnlyList<RateFigures> Rates, IdleFigures Idle);
