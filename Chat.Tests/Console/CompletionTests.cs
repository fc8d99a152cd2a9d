using Chat.Client.Console.Interactive;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class CompletionTests
{
    private static readonly CompletionNames s_names = new(["dora", "Dave", "漢字さん"], ["ops", "open space", "Dave"]);

    [Theory]
    [InlineData("/re", "/remove ", "/refuse ", "/reply ", "/react ", "/rename ", "/reconnect ")]
    [InlineData("/msg d", "/msg dora ", "/msg Dave ")]
    [InlineData("/msg D", "/msg dora ", "/msg Dave ")]
    [InlineData("/join op", "/join ops", "/join open space")]
    [InlineData("/join open s", "/join open space")]
    [InlineData("/join #o", "/join ops", "/join open space")]
    [InlineData("/transport s", "/transport sse")]
    [InlineData("/help /inv", "/help invite", "/help invitations")]
    [InlineData("da", "Dave: ")]
    [InlineData("ask da", "ask Dave ")]
    [InlineData("ask @da", "ask @Dave ")]
    [InlineData("see #op", "see #ops ", "see #open space ")]
    [InlineData("漢", "漢字さん: ")]
    [InlineData("/msg Dave ask d", "/msg Dave ask dora ", "/msg Dave ask Dave ")]
    public void Tab_offers_what_fits_in_turn_and_begins_again(string text, params string[] offered)
    {
        var completion = Completion.At(text, text.Length, s_names)!;
        Assert.Equal(offered, offered.Select(_ => completion.Next().Text));
        Assert.Equal(offered[0], completion.Next().Text);
    }

    [Fact]
    public void Shift_tab_goes_backwards() =>
        Assert.Equal("/msg Dave ", Completion.At("/msg d", 6, s_names)!.Next(backwards: true).Text);

    [Fact]
    public void What_stands_after_the_caret_stays_and_the_caret_is_between() =>
        Assert.Equal(("ask Dave  now", 9), Completion.At("ask da now", 6, s_names)!.Next());

    [Theory]
    [InlineData("")]
    [InlineData("hello ")]
    [InlineData("zzz")]
    [InlineData("//re")]
    [InlineData("/nosuch x ")]
    public void Where_nothing_fits_there_is_nothing(string text) => Assert.Null(Completion.At(text, text.Length, s_names));
}
