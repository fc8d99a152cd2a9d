using System.Text.Json;
using Chat.Contracts;

namespace Chat.Tests.Page.Browser;

/// <summary>A message as the page shows it.</summary>
/// <param name="Seq">Its number; null while it is not acknowledged.</param>
/// <param name="Text">What is to be read.</param>
/// <param name="State"><c>pending</c>, <c>sent</c> or <c>failed</c>.</param>
public sealed record Shown(long? Seq, string Text, string State);

public sealed partial class WebPage
{
    // Only what is near the eye is on the page, so this scrolls through the room from its beginning to its end, as a person would.
    private const string Scroll = """
        async (log) => {
            const all = [log, ...log.querySelectorAll('*')];
            let box = all.find(e => e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY)) ?? log;
            const frame = () => new Promise(r => requestAnimationFrame(() => setTimeout(r, 10)));
            const settled = async () => {
                for (let same = 0, last = ''; same < 8;) {
                    await frame();
                    const now = box.scrollTop + '/' + box.scrollHeight + '/' + (log.querySelector('article')?.dataset.seq ?? '');
                    same = now === last ? same + 1 : 0;
                    last = now;
                }
            };
            const rows = () => [...log.querySelectorAll('article[data-state]')].map(a =>
                ({ seq: a.dataset.seq ? +a.dataset.seq : null, text: a.querySelector('.body')?.innerText ?? '', state: a.dataset.state ?? '', key: a.dataset.clientId || a.dataset.seq }));
            for (let i = 0; i < 1000; i++) {
                box.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
                box.scrollTop = 0;
                await settled();
                if (box.scrollTop === 0) break;
            }
            const found = new Map(), problems = [];
            for (let i = 0; i < 5000; i++) {
                const now = rows();
                const numbers = now.filter(r => r.seq !== null).map(r => r.seq);
                if (numbers.some((n, k) => k > 0 && n <= numbers[k - 1])) problems.push('out of order: ' + numbers.join(','));
                if (new Set(now.map(r => r.key)).size !== now.length) problems.push('twice: ' + now.map(r => r.key).join(','));
                for (const r of now) found.set(r.key, r);
                if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) {
                    await settled();
                    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2) break;
                }
                box.scrollTop += box.clientHeight / 2;
                await frame();
            }
            for (const r of rows()) found.set(r.key, r);
            return JSON.stringify({ rows: [...found.values()].map(({ key, ...r }) => r), problems });
        }
        """;

    /// <summary>Everything that the open room shows, from its first message to its last; fails if something stands twice or out of order.</summary>
    public async Task<IReadOnlyList<Shown>> ReadAllAsync()
    {
        var json = await Log.EvaluateAsync<string>(Scroll);
        var read = JsonSerializer.Deserialize<Read>(json, ChatJson.Options)!;
        Assert.Empty(read.Problems);
        return read.Rows;
    }

    /// <summary>Fails unless the open room shows exactly the messages of the server's log, in its order, all acknowledged.</summary>
    public async Task VerifyShowsAsync(IEnumerable<ChatEvent> log) => Assert.Equal(
        log.Where(e => e.Type == EventTypes.Message).Select(e => new Shown(e.Seq, e.Body ?? "", "sent")),
        (await ReadAllAsync()).OrderBy(m => m.Seq ?? long.MaxValue));

    private sealed record Read(IReadOnlyList<Shown> Rows, IReadOnlyList<string> Problems);
}
