using Chat.Client.Console.Interactive;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class EnteredTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  two\nlines  ", "two\nlines")]
    [InlineData("//etc is a folder", "/etc is a folder")]
    [InlineData("/me waves", "/me waves")]
    [InlineData("/ME  waves twice", "/me waves twice")]
    public void Text_is_a_message_and_two_slashes_are_one(string input, string body) =>
        Assert.Equal(new Entered.Message(body), Entered.Parse(input));

    [Theory]
    [InlineData("/msg dave hi there", "msg", "dave hi there")]
    [InlineData("/JOIN ops", "join", "ops")]
    [InlineData("/quit", "quit", "")]
    [InlineData("/reply one\ntwo", "reply", "one\ntwo")]
    public void A_slash_makes_a_command_with_the_rest_of_the_input(string input, string name, string rest)
    {
        var command = Assert.IsType<Entered.Command>(Entered.Parse(input));
        Assert.Equal((name, rest), (command.What.Name, command.Rest));
    }

    [Theory]
    [InlineData("/nosuch thing", "There is no /nosuch")]
    [InlineData("/usr/bin", "//usr/bin sends it as text")]
    [InlineData("/", "There is no /")]
    [InlineData("/msg", "Usage: /msg NAME [TEXT]")]
    [InlineData("/me   ", "Usage: /me TEXT")]
    public void A_mistake_is_told_and_never_sent(string input, string told) =>
        Assert.Contains(told, Assert.IsType<Entered.Mistake>(Entered.Parse(input)).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t ")]
    public void Blanks_are_nothing(string input) => Assert.IsType<Entered.Nothing>(Entered.Parse(input));

    [Fact]
    public void Every_command_has_its_help()
    {
        Assert.All(SlashCommand.All, c => Assert.Contains(c.Usage, HelpText.For(""), StringComparison.Ordinal));
        Assert.Equal(SlashCommand.All.Count, SlashCommand.All.Select(c => c.Name).Distinct().Count());
    }
}
