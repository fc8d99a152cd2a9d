using Chat.Tests.Support;
using Chat.Tests.Support.History;

namespace Chat.Tests.Faults;

/// <summary>How long clients were away, for the test's output.</summary>
public static class Outages
{
    /// <summary>Writes number, median and maximum of a conversation's outages.</summary>
    public static void Report(Conversation conversation)
    {
        foreach (var client in conversation.Clients)
        {
            var times = client.Outages.Order().ToList();
            if (times.Count > 0)
                Output.Write($"{client.Name}: {times.Count} outages, median {times[times.Count / 2].TotalMilliseconds:0} ms, longest {times[^1].TotalMilliseconds:0} ms");
        }
    }
}
