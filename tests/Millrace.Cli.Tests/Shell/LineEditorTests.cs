namespace Millrace.Cli.Tests.Shell;

public sealed class LineEditorTests
{
    private readonly LineHistory _history = new(null);

    [Fact]
    public void Typed_keys_are_the_line()
        => Assert.Equal((LineEnd.Entered, "SELECT 'é日😀';"), Read(new KeyboardTerminal().Type("SELECT 'é日😀';").Press(ConsoleKey.Enter)));

    [Fact]
    public void Keys_move_and_remove()
    {
        var keys = new KeyboardTerminal().Type("one two three").Press(ConsoleKey.W, control: true).Press(ConsoleKey.Home).Press(ConsoleKey.Delete)
            .Type("O").Press(ConsoleKey.RightArrow, control: true).Press(ConsoleKey.K, control: true).Type("!").Press(ConsoleKey.Enter);
        Assert.Equal((LineEnd.Entered, "One!"), Read(keys));
    }

    [Fact]
    public void A_character_of_two_halves_goes_as_one()
        => Assert.Equal((LineEnd.Entered, "ab"), Read(new KeyboardTerminal().Type("a😀b").Press(ConsoleKey.LeftArrow).Press(ConsoleKey.Backspace).Press(ConsoleKey.Enter)));

    [Fact]
    public void Control_c_gives_the_line_up_and_control_d_leaves_only_from_an_empty_line()
    {
        Assert.Equal((LineEnd.Cancelled, ""), Read(new KeyboardTerminal().Type("abc").Press(ConsoleKey.C, control: true)));
        Assert.Equal((LineEnd.Closed, ""), Read(new KeyboardTerminal().Press(ConsoleKey.D, control: true)));
        Assert.Equal((LineEnd.Entered, "ab"), Read(new KeyboardTerminal().Type("ab").Press(ConsoleKey.D, control: true).Press(ConsoleKey.Enter)));
    }

    [Fact]
    public void Arrows_go_through_the_history_and_back_to_the_draft()
    {
        _history.Add("first");
        _history.Add("second\nline");
        Assert.Equal((LineEnd.Entered, "second line"), Read(new KeyboardTerminal().Press(ConsoleKey.UpArrow).Press(ConsoleKey.Enter)));
        Assert.Equal((LineEnd.Entered, "first"), Read(new KeyboardTerminal().Press(ConsoleKey.UpArrow, times: 9).Press(ConsoleKey.Enter)));
        Assert.Equal((LineEnd.Entered, "draft"), Read(new KeyboardTerminal().Type("draft").Press(ConsoleKey.UpArrow, times: 2).Press(ConsoleKey.DownArrow, times: 5).Press(ConsoleKey.Enter)));
    }

    [Fact]
    public void Tab_completes_as_far_as_candidates_agree()
    {
        string[] one = ["SELECT"];
        string[] two = ["orders_new", "orders_old"];
        Assert.Equal((LineEnd.Entered, "SELECT "), Read(new KeyboardTerminal().Type("sel").Press(ConsoleKey.Tab).Press(ConsoleKey.Enter), _ => one));
        Assert.Equal((LineEnd.Entered, "FROM orders_"), Read(new KeyboardTerminal().Type("FROM or").Press(ConsoleKey.Tab).Press(ConsoleKey.Enter), _ => two));
    }

    [Fact]
    public void A_line_wider_than_the_screen_is_shown_around_its_cursor()
    {
        var end = new KeyboardTerminal { Width = 20 };
        Read(end.Type(new string('a', 5000) + "日本日本日本日本z").Press(ConsoleKey.Enter));
        Assert.Equal("> 日本日本日本日本z", end.LastRow);

        var start = new KeyboardTerminal { Width = 20 };
        Read(start.Type("0123456789abcdefghijklmnop").Press(ConsoleKey.Home).Press(ConsoleKey.C, control: true));
        Assert.StartsWith("> 0123456789abcdefg\u001b[17D", start.LastRow, StringComparison.Ordinal);
    }

    private (LineEnd End, string Text) Read(KeyboardTerminal terminal, Func<string, IReadOnlyList<string>>? complete = null)
        => new LineEditor(terminal, _history, complete ?? (_ => [])).Read("> ");
}
