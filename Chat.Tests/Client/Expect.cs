using Chat.Client;
using Chat.Contracts;
using Xunit;

namespace Chat.Tests.Client;

/// <summary>Waits for what a test expects, with a deadline.</summary>
internal static class Expect
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static CancellationToken Soon
    {
        get
        {
            var soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            soon.CancelAfter(Deadline);
            return soon.Token;
        }
    }

    public static async Task<ConnectionStatus> StatusAsync(this ChatConnection chat, Func<ConnectionStatus, bool> wanted)
    {
        await foreach (var status in chat.StatusChanges(Soon))
            if (wanted(status))
                return status;
        throw new InvalidOperationException($"The status ended at {chat.Status}.");
    }

    public static async Task<List<ChatEvent>> TakeAsync(this ChatConnection chat, int count)
    {
        var all = new List<ChatEvent>();
        await foreach (var e in chat.Events(Soon))
        {
            all.Add(e);
            if (all.Count == count)
                break;
        }

        return all;
    }

    /// <summary>For what can only be looked at: looks until it holds.</summary>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        var soon = Soon;
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
            await look.WaitForNextTickAsync(soon);
    }

    public static IEnumerable<long> Numbers(this IEnumerable<ChatEvent> events) => events.Select(e => e.Seq);
}
