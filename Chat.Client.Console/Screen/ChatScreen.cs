using System.Runtime.ExceptionServices;
using Chat.Client.Console.Commands;
using Chat.Client.Console.Interactive;
using Terminal.Gui.App;
using Terminal.Gui.Drawing;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace Chat.Client.Console.Screen;

/// <summary>The conversation on a full screen.</summary>
public sealed class ChatScreen : Runnable
{
    private readonly Conversation _conversation;
    private readonly InputLine _input = new();
    private readonly RoomsPane _rooms;
    private readonly TimelinePane _timeline;
    private readonly InputPane _inputPane;
    private readonly StatusBar _status;
    private readonly HelpPane _help;
    private readonly Dictionary<string, string> _drafts = [];
    private string? _shownRoom;

    private ChatScreen(Conversation conversation, Uri server, Inks inks)
    {
        _conversation = conversation;
        Width = Dim.Fill();
        Height = Dim.Fill();
        BorderStyle = LineStyle.None;
        CanFocus = true;
        var title = new TitleBar(inks, conversation, server) { Width = Dim.Fill(), Height = 1 };
        _rooms = new RoomsPane(inks, conversation) { Y = 1, Width = 20 };
        _timeline = new TimelinePane(inks, conversation) { Y = 1, Width = Dim.Fill() };
        _help = new HelpPane(inks) { Y = 1, Width = Dim.Fill(), Visible = false };
        _inputPane = new InputPane(inks, _input) { Width = Dim.Fill(), CanFocus = true };
        _status = new StatusBar(inks, conversation) { Y = Pos.AnchorEnd(1), Width = Dim.Fill(), Height = 1 };
        Add(title, _rooms, _timeline, _help, _inputPane, _status);
        FrameChanged += (_, _) => Arrange();
        var keys = new ScreenKeys(conversation, _input, _timeline, _help, _status);
        _inputPane.KeyDown += (_, key) =>
        {
            key.Handled = true;
            keys.Press(key);
            Show();
        };
        conversation.Changed += Show;
        Arrange();
    }

    /// <summary>Runs until the person quits or it is cancelled (which it throws). The terminal is restored in any case.</summary>
    public static async Task RunAsync(ChatConnection connection, Invocation invocation, string? first, bool direct, CancellationToken ct)
    {
        // The terminal's own text selection is worth more here than a mouse.
        using var app = Application.Create();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var conversation = new Conversation(connection, invocation.Time);
        Exception? failure = null;
        app.Init();
        app.Mouse.IsMouseDisabled = true;
        // Nobody sees more, and each costs something while nothing happens.
        Application.MaximumIterationsPerSecond = 15;
        var before = SynchronizationContext.Current;
        // What comes after the end has no loop to run on.
        var loop = new LoopContext(action =>
        {
            if (!end.IsCancellationRequested)
                app.Invoke(action);
        });
        try
        {
            using var screen = new ChatScreen(conversation, invocation.Server, new Inks(!Tty.NoColour));
            app.Paste += (_, paste) => screen.Paste(paste.Text);
            conversation.Quitting += app.RequestStop;
            using var stopping = ct.Register(() => app.Invoke(app.RequestStop));
            // Who stopped typing says nothing; the rest is drawn when it changes.
            app.AddTimeout(TimeSpan.FromSeconds(1), () =>
            {
                screen._status.SetNeedsDraw();
                return true;
            });
            loop.Post(_ => _ = ConverseAsync(), null);
            app.Run(screen);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            await end.CancelAsync();
        }
        ct.ThrowIfCancellationRequested();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);

        async Task ConverseAsync()
        {
            try
            {
                await conversation.RunAsync(first, direct, end.Token);
            }
            catch (Exception unforeseen)
            {
                // Told after the terminal is itself again.
                failure = unforeseen;
                app.RequestStop();
            }
        }
    }

    private void Paste(string text)
    {
        _input.Insert(text);
        Show();
    }

    // What was written for one room is never sent to another: each keeps its own draft.
    private void Show()
    {
        if (_shownRoom != _conversation.CurrentId)
        {
            if (_shownRoom is not null)
                _drafts[_shownRoom] = _input.Text;
            if (_shownRoom is not null || _input.Text.Length == 0)
                _input.Set(_drafts.GetValueOrDefault(_conversation.CurrentId ?? "", ""));
            _shownRoom = _conversation.CurrentId;
        }
        Arrange();
        SetNeedsDraw();
        foreach (var view in SubViews)
            view.SetNeedsDraw();
    }

    private void Arrange()
    {
        var columns = Math.Max(10, Frame.Width);
        // Below 50 columns there is no room for a list beside the text; Alt-arrows and /rooms still do it.
        var list = columns < 50 ? 0 : Math.Clamp(columns / 5, 16, 28);
        var input = _inputPane.RowsAt(columns);
        _rooms.Visible = list > 0;
        _rooms.Width = list;
        _timeline.X = list;
        _inputPane.Y = Pos.AnchorEnd(1 + input);
        _inputPane.Height = input;
        foreach (var view in new View[] { _rooms, _timeline, _help })
            view.Height = Dim.Fill(1 + input);
    }
}
