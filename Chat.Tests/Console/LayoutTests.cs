using Chat.Client.Console.Interactive;
using Chat.Client.Console.Screen;
using Chat.Contracts;
using CsCheck;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class LayoutTests
{
    private static readonly string[] s_pieces = ["a", " ", "漢", "é", "👩‍👩‍👧", "longerword", "\n"];

    [Theory]
    [InlineData("one two three", 8, "one two ", "three")]
    [InlineData("漢字漢字漢", 4, "漢字", "漢字", "漢")]
    [InlineData("a\n\nb", 10, "a", "", "b")]
    [InlineData("abcdefghij", 4, "abcd", "efgh", "ij")]
    [InlineData("", 4, "")]
    public void Text_wraps_at_blanks_else_between_characters(string text, int columns, params string[] rows) =>
        Assert.Equal(rows, Columns.Wrap(text, columns));

    [Fact]
    public void No_row_is_wider_than_the_pane_and_no_character_is_lost() =>
        Gen.Select(Gen.Int[0, s_pieces.Length - 1].Select(i => s_pieces[i]).Array[0, 40].Select(string.Concat), Gen.Int[2, 30], Gen.Int[0, 10]).Sample((text, columns, used) =>
        {
            var rows = Columns.Wrap(text, columns, used);
            static string Visible(string s) => s.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
            return rows.All(r => Columns.Width(r) <= columns) && Visible(string.Concat(rows)) == Visible(text);
        }, iter: 2_000);

    [Theory]
    [InlineData("short", 8, "short   ")]
    [InlineData("much too long", 8, "much to…")]
    [InlineData("漢字漢字漢字", 8, "漢字漢… ")]
    [InlineData("any", 0, "")]
    public void A_text_fits_its_columns_exactly(string text, int columns, string fitted) => Assert.Equal(fitted, Columns.Fit(text, columns));

    [Fact]
    public void A_guest_has_a_mark_before_the_name_unless_it_is_me()
    {
        var timeline = new Timeline();
        foreach (var (seq, kind) in ((long, UserKind?)[])[(1, UserKind.Guest), (2, UserKind.Member), (3, null)])
            timeline.Append(TimelineTests.Event(seq, body: "hi") with { Sender = new UserRef("d", "dora", kind) });
        var layout = new TimelineLayout(new EventText(TimeZoneInfo.Utc), 30);
        string[] Lines(string me) =>
            [.. layout.Lay(timeline, [], new User(me, "me", UserKind.Guest), null)
                .Select(r => string.Concat(r.Spans.Select(s => s.Text))).TakeLast(3)];

        Assert.Equal(["12:03 ~dora: hi", "12:03 dora: hi", "12:03 dora: hi"], Lines("joan"));
        Assert.Equal(["12:03 dora: hi", "12:03 dora: hi", "12:03 dora: hi"], Lines("d"));
    }

    [Fact]
    public void A_timeline_shows_messages_reactions_what_is_new_and_what_is_on_its_way()
    {
        var timeline = new Timeline();
        timeline.Append(TimelineTests.Event(1, body: "old"));
        timeline.Append(TimelineTests.Event(2, body: "this one is new and long"));
        timeline.Append(TimelineTests.Event(3, EventTypes.Reaction, "🎉", target: 2));
        OutgoingMessage[] pending = [new("r", "a", "on its way"), new("r", "b", "refused", new SendError("too_large", "too long"))];
        var rows = new TimelineLayout(new EventText(TimeZoneInfo.Utc), 30).Lay(timeline, pending, new User("me", "joan", UserKind.Guest), newAfter: 1);

        Assert.Equal(
        [
            "      The beginning of the room",
            "───────── 2026-11-22 ─────────",
            "12:03 dora: old",
            "──────────── new ─────────────",
            "12:03 dora: this one is new ",
            "      and long",
            "      🎉 1",
            "  …   joan: on its way",
            "  ✗   joan: refused",
            "      not sent: too long",
        ], rows.Select(r => string.Concat(r.Spans.Select(s => s.Text))));
        Assert.Equal(rows.Count, rows.Select(r => (r.Key, r.Part)).Distinct().Count());
    }
}
