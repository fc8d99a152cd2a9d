using Chat.Contracts;
using Chat.Server.Accounts;
using Chat.Server.Accounts.Names;
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
    [InlineData("अमित")]
    [InlineData("தமிழ்")]
    [InlineData("สมชาย")]
    [InlineData("ສົມສັກ")]
    [InlineData("မောင်")]
    [InlineData("יוסף")]
    [InlineData("مُحَمَّد")]
    [InlineData("Nguyễn")]
    [InlineData("田中Jo")]
    [InlineData("タナカ_jo")]
    [InlineData("田なカjo")]
    [InlineData("ㄅㄆ注音Jo")]
    [InlineData("김민수Jo")]
    [InlineData("Оля.42")]
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
    [InlineData("Jo\u2800")]
    [InlineData("Jo\ufe0f")]
    [InlineData("Jo\u200c")]
    [InlineData("\u0301Jo")]
    [InlineData("4\u0301Jo")]
    [InlineData("Jo\u0301\u0302\u0304\u0306\u0308\u0323\u0324")]
    public void What_people_cannot_see_or_type_is_no_name(string? name)
    {
        var refusal = Assert.Throws<ChatException>(() => NameRule.Check(name));
        Assert.Equal(ErrorCodes.Invalid, refusal.Code);
        Assert.StartsWith("name", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dоra")]
    [InlineData("Олga")]
    [InlineData("αdmin")]
    [InlineData("カ김")]
    [InlineData("Дарьяなか")]
    [InlineData("jo\u0661\u06f2")]
    public void Letters_of_two_scripts_make_no_new_name_though_an_old_one_is_still_known(string name)
    {
        var refusal = Assert.Throws<ChatException>(() => NameRule.Check(name));
        Assert.Equal(ErrorCodes.Invalid, refusal.Code);
        Assert.Contains("script", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(name, NameRule.CheckKnown(name));
    }

    [Theory]
    [InlineData("all")]
    [InlineData("HERE")]
    [InlineData("System")]
    [InlineData("deleted")]
    [InlineData("aII")]
    [InlineData("a11")]
    [InlineData("ａｌｌ")]
    [InlineData("me")]
    public void Words_that_mean_something_here_are_taken_and_so_is_what_looks_like_them(string name) =>
        Assert.Equal(ErrorCodes.NameTaken, Assert.Throws<ChatException>(() => NameRule.Check(name)).Code);

    [Theory]
    [InlineData("dora", "dоra")]
    [InlineData("dora", "dor\u02bca")]
    [InlineData("dora", "dor\ua78ca")]
    [InlineData("cope", "соре")]
    [InlineData("lan", "Ian")]
    [InlineData("bill", "bi11")]
    [InlineData("pam", "parn")]
    public void Names_that_look_alike_have_the_same_key(string one, string other) =>
        Assert.Equal(NameLook.KeyOf(one), NameLook.KeyOf(other));

    [Theory]
    [InlineData("dora", "dorá")]
    [InlineData("dora", "do.ra")]
    [InlineData("yosi", "yossi")]
    [InlineData("יוסי", "יוס")]
    [InlineData("ノア", "ア")]
    [InlineData("guest1", "guest2")]
    [InlineData("guest11", "guest1")]
    public void Names_that_people_tell_apart_have_keys_of_their_own(string one, string other) =>
        Assert.NotEqual(NameLook.KeyOf(one), NameLook.KeyOf(other));

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
