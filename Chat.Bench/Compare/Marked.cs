using System.Globalization;

namespace Chat.Bench.Compare;

/// <summary>
/// The messages of a measurement: a line of chat that begins with a mark and a number, by which they are counted and told apart wherever they appear, whatever a
/// contestant puts around them.
/// </summary>
internal static class Marked
{
    /// <summary>Appears in nothing else that a contestant sends.</summary>
    public const byte Mark = (byte)'^';

    /// <summary>Digits that follow the mark.</summary>
    public const int Digits = 8;

    /// <summary>The message with a number.</summary>
    public static string Body(int number) => string.Create(CultureInfo.InvariantCulture, $"^{number:00000000} {Log.Load.Body}");
}

/// <summary>Finds the marked messages in one connection's stream of payload, however it is cut.</summary>
internal struct MarkReader
{
    private int _digits;
    private int _number;

    /// <summary>The number of the next message whose number ends in the input, which moves on behind it; -1 if there is none.</summary>
    public int Next(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_digits == 0)
            {
                var at = input.IndexOf(Marked.Mark);
                if (at < 0)
                    break;
                (_digits, _number) = (Marked.Digits, 0);
                input = input[(at + 1)..];
                continue;
            }
            _number = (_number * 10) + input[0] - '0';
            input = input[1..];
            if (--_digits == 0)
                return _number;
        }
        input = default;
        return -1;
    }
}
