using Chat.Client.Console.Interactive;
using Xunit;

namespace Chat.Tests.Terminal;

public sealed class InputTests
{
    [Fact]
    public void The_caret_moves_and_deletes_by_what_people_see_as_characters()
    {
        var input = new InputLine();
        input.Insert("a👩‍👩‍👧e\u0301漢");
        input.Left();
        input.Backspace();
        Assert.Equal("a👩‍👩‍👧漢", input.Text);
        input.Backspace();
        Assert.Equal("a漢", input.Text);
        input.Delete();
        Assert.Equal(("a", 1), (input.Text, input.Caret));
    }

    [Fact]
    public void Pasted_lines_stay_lines_and_control_characters_stay_out()
    {
        var input = new InputLine();
        input.Insert("one\r\ntwo\rthree\nfour\u001b[2J\u0007");
        Assert.Equal("one\ntwo\nthree\nfour[2J", input.Text);
    }

    [Fact]
    public void Up_and_down_keep_the_column_and_tell_when_there_is_no_line()
    {
        var input = new InputLine();
        input.Set("first\nab\nthird", caret: 4);
        Assert.False(input.Up());
        Assert.True(input.Down());
        Assert.Equal(8, input.Caret);
        Assert.True(input.Down());
        Assert.Equal(11, input.Caret);
        Assert.False(input.Down());
    }

    [Theory]
    [InlineData("one two  ", "one ")]
    [InlineData("one", "")]
    [InlineData("", "")]
    public void A_word_is_deleted_with_the_blanks_after_it(string before, string after)
    {
        var input = new InputLine();
        input.Set(before);
        input.DeleteWord();
        Assert.Equal(after, input.Text);
    }

    [Fact]
    public void Deleting_to_the_ends_of_a_line_leaves_the_other_lines()
    {
        var input = new InputLine();
        input.Set("one\ntwo three\nfour", caret: 8);
        input.DeleteToLineEnd();
        Assert.Equal("one\ntwo \nfour", input.Text);
        input.DeleteToLineStart();
        Assert.Equal("one\n\nfour", input.Text);
        input.Backspace();
        Assert.Equal("one\nfour", input.Text);
    }

    [Fact]
    public void History_walks_back_and_forth_and_gives_the_draft_back()
    {
        var history = new InputHistory();
        history.Add("one");
        history.Add("two");
        history.Add("two");
        Assert.Equal("two", history.Previous("draft"));
        Assert.Equal("one", history.Previous("two"));
        Assert.Null(history.Previous("one"));
        Assert.Equal("two", history.Next());
        Assert.Equal("draft", history.Next());
        Assert.Null(history.Next());
    }

    [Fact]
    public void History_forgets_the_oldest()
    {
        var history = new InputHistory(capacity: 2);
        foreach (var entry in new[] { "one", "two", "three" })
            history.Add(entry);
        Assert.Equal(["three", "two", null], [history.Previous(""), history.Previous(""), history.Previous("")]);
    }
}
