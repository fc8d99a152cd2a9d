using System.Globalization;
using System.Text;

namespace Chat.Client.Console.Doctor.Trials;

/// <summary>An answer that never ends: SSE, or the page for an iframe. Both bring each event as text as soon as there is one.</summary>
internal sealed class StreamTrial : Trial
{
    private readonly string _path, _type;

    private StreamTrial(Way way, string key, string name, string path, string type)
        : base(way) => (Key, Name, _path, _type) = (key, name, path, type);

    public static StreamTrial Sse(Way way) => new(way, "sse", "SSE", "stream?", "text/event-stream");

    public static StreamTrial Frame(Way way) => new(way, "iframe", "iframe stream", "frame?callback=doctor&", "text/html");

    public override string Key { get; }

    public override string Name { get; }

    public override Carrier Carrier => Carrier.Stream;

    protected override async Task StartAsync(long after, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(
            CultureInfo.InvariantCulture, $"api/rooms/{Way.Room!.Id}/events/{_path}after={after}"), UriKind.Relative));
        request.Headers.Accept.ParseAdd(_type);
        Compression.Accept(request);
        var answer = await Way.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode)
        {
            (Status, IsMissing) = ((int)answer.StatusCode, (int)answer.StatusCode is 404 or 405);
            answer.Dispose();
            throw new HttpRequestException($"{(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        Accept();
        Encoding = await Compression.UndoAsync(answer, ct);
        _ = ReadAsync(answer);
    }

    private async Task ReadAsync(HttpResponseMessage answer)
    {
        try
        {
            using var _ = answer;
            await using var stream = await answer.Content.ReadAsStreamAsync(Over.Token);
            using var reader = new StreamReader(stream, System.Text.Encoding.UTF8);
            var (buffer, text) = (new char[4096], new StringBuilder());
            while (await reader.ReadAsync(buffer, Over.Token) is > 0 and var count)
            {
                text.Append(buffer, 0, count);
                text.Remove(0, Hear(text.ToString()));
            }
            End("ended by the far end");
        }
        catch (Exception e)
        {
            End(Innermost(e));
        }
    }
}
