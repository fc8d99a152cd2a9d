using Chat.Client.Console.Interactive;
using Terminal.Gui.Input;

namespace Chat.Client.Console.Screen;

/// <summary>What each key does. <see cref="HelpText.Keys"/> tells people.</summary>
public sealed class ScreenKeys(Conversation conversation, InputLine input, TimelinePane timeline, HelpPane help, StatusBar status)
{
    private readonly InputHistory _history = new();
    private Completion? _completion;

    /// <summary>Does what the key says.</summary>
    public void Press(Key key)
    {
        if (key != Key.Tab && key != Key.Tab.WithShift)
        {
            _completion = null;
            status.Hint = "";
        }
        if (!(help.Visible && Help(key)) && !Navigate(key) && !Edit(key))
            Write(key);
    }

    private bool Help(Key key)
    {
        if (key == Key.PageUp || key == Key.CursorUp)
            help.Scroll(key == Key.PageUp ? -10 : -1);
        else if (key == Key.PageDown || key == Key.CursorDown)
            help.Scroll(key == Key.PageDown ? 10 : 1);
        else if (key == Key.Esc || key == Key.F1 || key == Key.Enter)
            help.Visible = false;
        else
            return false;
        return true;
    }

    private bool Navigate(Key key)
    {
        if (key == Key.C.WithCtrl || key == Key.Q.WithCtrl)
            _ = conversation.SubmitAsync("/quit");
        else if (key == Key.F1)
            help.Visible = true;
        else if (key == Key.N.WithAlt)
            _ = conversation.NextUnreadAsync();
        else if (key == Key.CursorUp.WithAlt || key == Key.CursorDown.WithAlt)
            _ = conversation.StepAsync(key == Key.CursorUp.WithAlt ? -1 : 1);
        else if (key.IsAlt && key.NoAlt.AsRune.Value is >= '1' and <= '9' and var digit)
            Go(digit - '1');
        else if (key == Key.PageUp || key == Key.PageDown)
            timeline.Page(key == Key.PageUp ? -1 : 1);
        else if (key == Key.CursorUp.WithShift || key == Key.CursorDown.WithShift)
            timeline.Scroll(key == Key.CursorUp.WithShift ? -1 : 1);
        else if (key == Key.Home.WithCtrl)
            timeline.ToTop();
        else if (key == Key.End.WithCtrl)
            timeline.ToEnd();
        else if (key == Key.L.WithCtrl)
            timeline.App?.LayoutAndDraw(true);
        else
            return false;
        return true;
    }

    private bool Edit(Key key)
    {
        // A terminal sends Ctrl-J and Alt-Enter as a line feed and as ESC CR; the driver has its own names for them.
        if (key == Key.J.WithCtrl || key == Key.Enter.WithCtrl || key == Key.Enter.WithAlt || key == Key.Enter.WithShift || key == Key.M.WithCtrl.WithAlt || key == Key.J.WithCtrl.WithAlt)
            input.Insert("\n");
        else if (key == Key.Enter)
            Submit();
        else if (key == Key.Tab || key == Key.Tab.WithShift)
            Complete(backwards: key == Key.Tab.WithShift);
        else if (key == Key.Backspace)
            input.Backspace();
        else if (key == Key.Delete || key == Key.D.WithCtrl)
            input.Delete();
        else if (key == Key.W.WithCtrl || key == Key.Backspace.WithCtrl || key == Key.Backspace.WithAlt)
            input.DeleteWord();
        else if (key == Key.U.WithCtrl)
            input.DeleteToLineStart();
        else if (key == Key.K.WithCtrl)
            input.DeleteToLineEnd();
        else if (key == Key.CursorLeft || key == Key.B.WithCtrl)
            input.Left();
        else if (key == Key.CursorRight || key == Key.F.WithCtrl)
            input.Right();
        else if (key == Key.CursorLeft.WithCtrl || key == Key.CursorLeft.WithAlt || key == Key.B.WithAlt)
            input.WordLeft();
        else if (key == Key.CursorRight.WithCtrl || key == Key.CursorRight.WithAlt || key == Key.F.WithAlt)
            input.WordRight();
        else if (key == Key.Home || key == Key.A.WithCtrl)
            input.Home();
        else if (key == Key.End || key == Key.E.WithCtrl)
            input.End();
        else if (key == Key.CursorUp || key == Key.P.WithCtrl)
            Recall(input.Up() ? null : _history.Previous(input.Text));
        else if (key == Key.CursorDown)
            Recall(input.Down() ? null : _history.Next());
        else
            return false;
        return true;
    }

    private void Write(Key key)
    {
        if (key.IsCtrl || key.IsAlt || key.GetPrintableText() is not { Length: > 0 } text)
            return;
        input.Insert(text);
        if (!input.Text.StartsWith('/'))
            conversation.IsTyping();
    }

    private void Submit()
    {
        var text = input.Text;
        if (text.Trim().Length == 0)
            return;
        _history.Add(text);
        input.Set("");
        timeline.ToEnd();
        _ = conversation.SubmitAsync(text);
    }

    private void Complete(bool backwards)
    {
        _completion ??= Completion.At(input.Text, input.Caret, conversation.CompletionNames());
        if (_completion is null)
        {
            status.Hint = "nothing to complete";
            return;
        }
        var (text, caret) = _completion.Next(backwards);
        input.Set(text, caret);
        status.Hint = _completion.Candidates.Count > 1 ? string.Join(" ", _completion.Candidates.Select(c => TerminalText.Line(c.Trim()))) : "";
    }

    private void Recall(string? text)
    {
        if (text is not null)
            input.Set(text);
    }

    private void Go(int place)
    {
        if (conversation.Rooms is var rooms && place < rooms.Count)
            _ = conversation.OpenAsync(rooms[place]);
    }
}
