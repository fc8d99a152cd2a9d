using Chat.Contracts;
using Chat.Server.Accounts;
using CsCheck;
using Xunit;

namespace Chat.Tests.Accounts;

public sealed class NameRuleTests
{
    [Theory]
    [InlineData("Jo")]
    [InlineData("a.b_c-d")]
    [InlineData("42")]
    [InlineData("Дарья")]
    [InlineData("李雷")]
    [InlineData("étienne")]
    [InlineData("𝔍𝔬𝔢")]
    [InlineData("𠮷野")]
    public void A_name_may_be_of_letters_and_digits_of_any_script(string name) => Assert.Equal(name, NameRule.Check(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("J")]
    [InlineData("𠮷")]
    [InlineData("two words")]
    [InlineData(" Jo")]
    [InlineData("Jo\n")]
    [InlineData("Jo\0")]
    [InlineData("Jo\u001b[31m")]
    [InlineData("Jo\u202eeoJ")]
    [InlineData("Jo\u2066x\u2069")]
    [InlineData("Jo\u200b")]
    [InlineData("Jo\u200d")]
    [InlineData("Jo\ufeff")]
    [InlineData("Jo\u00ad")]
    [InlineData("Jo\u3164")]
    [InlineData("\u115f\u1160")]
    [InlineData("Jo\u034f")]
    [InlineData("Jo\ud800")]
    [InlineData("Jo\ufffd")]
    [InlineData("Jo😀")]
    [InlineData("Jo/../x")]
    [InlineData("<b>Jo</b>")]
    [InlineData("J@o")]
    [InlineData("Jo\u0332\u0332")]
    [InlineData("Jo\ufdfa")]
    public void What_people_cannot_see_or_type_is_no_name(string? name)
    {
        var refusal = Assert.Throws<ChatException>(() => NameRule.Check(name));
        Assert.Equal(ErrorCodes.Invalid, refusal.Code);
        Assert.StartsWith("name", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_is_counted_in_characters_and_not_in_code_units()
    {
        var letter = "𝔍";
        var longest = string.Concat(Enumerable.Repeat(letter, 32));
        Assert.Equal(longest, NameRule.Check(longest));
        Assert.Throws<ChatException>(() => NameRule.Check(longest + letter));
        Assert.Throws<ChatException>(() => NameRule.Check(new string('a', 33)));
        Assert.Throws<ChatException>(() => NameRule.Check(new string('a', 1_000_000)));
    }

    [Theory]
    [InlineData("Jo", "jO")]
    [InlineData("Jo", "Ｊｏ")]
    [InlineData("Jo", "𝔍𝔬")]
    [InlineData("étienne", "E\u0301TIENNE")]
    [InlineData("ΣΟΦΟΣ", "σοφος")]
    [InlineData("ΣΟΦΟΣ", "σοφοσ")]
    [InlineData("strasse", "Straße")]
    [InlineData("STRASSE", "STRAẞE")]
    [InlineData("ﬁna", "FINA")]
    [InlineData("ДАРЬЯ", "дарья")]
    [InlineData("ſam", "Sam")]
    public void Names_that_differ_in_case_width_or_composition_are_the_same(string one, string other) =>
        Assert.Equal(NameKey.Of(one), NameKey.Of(other));

    [Fact]
    public void What_is_typed_decomposed_is_kept_composed() => Assert.Equal("\u00e9tienne", NameRule.Check("e\u0301tienne"));

    [Fact]
    public void Normalizing_again_changes_nothing_and_upper_case_is_the_same_name() =>
        Gen.String.Sample(text =>
        {
            if (!NameRule.TryCheck(text, out var name)) return;
            var normalized = NameKey.Of(name);
            Assert.Equal(normalized, NameKey.Of(normalized));
            Assert.Equal(normalized, NameKey.Of(name.ToUpperInvariant()));
        });
}
