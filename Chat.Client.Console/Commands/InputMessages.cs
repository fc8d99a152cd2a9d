using System.Runtime.CompilerServices;
using System.Text;
using Chat.Contracts;

namespace Chat.Client.Console.Commands;

/// <summary>Messages out of standard input.</summary>
public static class InputMessages
{
    // The server has the last word on size; this only keeps an endless line out of memory.
    private const int MostCharacters = 1 << 20;

    /// <summary>Everything as one message.</summary>
    public static async Task<string> WholeAsync(TextReader input, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        while (await input.ReadAsync(buffer, ct) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MostCharacters)
                throw new ChatException(ErrorCodes.TooLarge, "Standard input is longer than any message can be.");
        }
        return text.ToString();
    }

    /// <summary>One message a line, with the number of its line; blank lines are skipped.</summary>
    public static async IAsyncEnumerable<(int Line, string Body)> LinesAsync(TextReader input, [EnumeratorCancellation] CancellationToken ct)
    {
        var line = new StringBuilder();
        var buffer = new char[8192];
        var number = 1;
        while (await input.ReadAsync(buffer, ct) is > 0 and var read)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] != '\n')
                {
                    line.Append(buffer[i]);
                    continue;
                }
                if (!string.IsNullOrWhiteSpace(line.ToString()))
                    yield return (number, line.ToString().TrimEnd('\r'));
                line.Clear();
                number++;
            }
            if (line.Length > MostCharacters)
                throw new ChatException(ErrorCodes.TooLarge, $"Line {number} is longer than any message can be.");
        }
        if (!string.IsNullOrWhiteSpace(line.ToString()))
            yield return (number, line.ToString());
    }
}
