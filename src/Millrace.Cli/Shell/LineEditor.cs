using Spectre.Console;

namespace Millrace.Cli;

/// <summary>How reading a line ended.</summary>
internal enum LineEnd
{
    Entered,

    /// <summary>Ctrl-C: the line is given up.</summary>
    Cancelled,

    /// <summary>Ctrl-D on an empty line: no more lines.</summary>
    Closed,
}

/// <summary>
/// Reads a line with the keys that shells have: arrows, Home, End, words, kill, history with search by what is typed, and
/// completion with Tab.
/// </summary>
/// <param name="terminal">Screen and keyboard.</param>
/// <param name="history">Earlier lines.</param>
/// <param name="complete">Words that can stand in the place of the one that ends at the cursor, given the text before it.</param>
internal sealed class LineEditor(ITerminal terminal, LineHistory history, Func<string, IReadOnlyList<string>> complete)
{
    private readonly LineBuffer _line = new();
    private string _prompt = "";

    // Which entry is shown; the number of entries for the line that is being written.
    private int _entry;
    private string _draft = "";

    /// <summary>Shows the prompt and reads until the line is entered or given up.</summary>
    public (LineEnd End, string Text) Read(string prompt)
    {
        _prompt = prompt;
        _line.Set("");
        _entry = history.Entries.Count;
        Draw();
        while (true)
        {
            ConsoleKeyInfo key = terminal.ReadKey();
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    _line.End();
                    Draw();
                    terminal.Write("\n");
                    return (LineEnd.Entered, _line.Text);
                case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    terminal.Write("^C\n");
                    return (LineEnd.Cancelled, "");
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when _line.Length == 0:
                    terminal.Write("\n");
                    return (LineEnd.Closed, "");
                default:
                    Apply(key);
                    Draw();
                    break;
            }
        }
    }

    private void Apply(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control || alt: _line.WordLeft(); break;
            case ConsoleKey.RightArrow when control || alt: _line.WordRight(); break;
            case ConsoleKey.B when alt: _line.WordLeft(); break;
            case ConsoleKey.F when alt: _line.WordRight(); break;
            case ConsoleKey.LeftArrow: _line.Left(); break;
            case ConsoleKey.RightArrow: _line.Right(); break;
            case ConsoleKey.B when control: _line.Left(); break;
            case ConsoleKey.F when control: _line.Right(); break;
            case ConsoleKey.Home: _line.Home(); break;
            case ConsoleKey.End: _line.End(); break;
            case ConsoleKey.A when control: _line.Home(); break;
            case ConsoleKey.E when control: _line.End(); break;
            case ConsoleKey.K when control: _line.DeleteToEnd(); break;
            case ConsoleKey.U when control: _line.DeleteToStart(); break;
            case ConsoleKey.W when control: _line.DeleteWord(); break;
            case ConsoleKey.Backspace when control || alt: _line.DeleteWord(); break;
            case ConsoleKey.Backspace: _line.Backspace(); break;
            case ConsoleKey.H when control: _line.Backspace(); break;
            case ConsoleKey.Delete: _line.Delete(); break;
            case ConsoleKey.D when control: _line.Delete(); break;
            case ConsoleKey.L when control: terminal.Write("\u001b[2J\u001b[H"); break;
            case ConsoleKey.UpArrow: Recall(-1); break;
            case ConsoleKey.P when control: Recall(-1); break;
            case ConsoleKey.DownArrow: Recall(1); break;
            case ConsoleKey.N when control: Recall(1); break;
            case ConsoleKey.Tab: Complete(); break;
            default:
                if (!control && key.KeyChar >= ' ')
                {
                    _line.Insert(key.KeyChar.ToString());
                }

                break;
        }
    }

    private void Recall(int step)
    {
        int to = Math.Clamp(_entry + step, 0, history.Entries.Count);
        if (to == _entry)
        {
            return;
        }

        _draft = _entry == history.Entries.Count ? _line.Text : _draft;
        _entry = to;
        _line.Set(to == history.Entries.Count ? _draft : history.Entries[to].ReplaceLineEndings(" "));
    }

    // As far as all candidates agree; where they part, they are listed.
    private void Complete()
    {
        string before = _line.Text[.._line.Cursor];
        IReadOnlyList<string> candidates = complete(before);
        if (candidates.Count == 0)
        {
            return;
        }

        int typed = Overlap(before, candidates[0]);
        string common = candidates.Aggregate(Common);
        if (common.Length > typed)
        {
            _line.ReplaceBefore(typed, common);
        }
        else if (candidates.Count > 1)
        {
            terminal.Write("\n" + string.Join("  ", candidates.Take(60)) + (candidates.Count > 60 ? "  …" : "") + "\n");
        }

        if (candidates.Count == 1 && common[^1] is not ('/' or '('))
        {
            _line.Insert(" ");
        }
    }

    // How much of the candidate stands before the cursor already.
    private static int Overlap(string before, string candidate)
    {
        for (int length = Math.Min(before.Length, candidate.Length); length > 0; length--)
        {
            if (candidate.StartsWith(before[^length..], StringComparison.OrdinalIgnoreCase))
            {
                return length;
            }
        }

        return 0;
    }

    private static string Common(string a, string b)
    {
        int length = 0;
        while (length < a.Length && length < b.Length && char.ToUpperInvariant(a[length]) == char.ToUpperInvariant(b[length]))
        {
            length++;
        }

        return a[..length];
    }

    // Half a surrogate pair is never drawn.
    private static int StepBack(string text, int at) => at > 1 && char.IsSurrogatePair(text[at - 2], text[at - 1]) ? 2 : 1;

    private static int StepOn(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    // One row of the screen: a line that is longer is shown around its cursor.
    private void Draw()
    {
        string text = _line.Text;
        int room = Math.Max(terminal.Width - _prompt.GetCellWidth() - 1, 8);

        // Only what can be seen is measured: a pasted line is drawn for each of its characters.
        int from = _line.Cursor;
        while (from > 0 && StepBack(text, from) is int step && text[(from - step).._line.Cursor].GetCellWidth() <= room)
        {
            from -= step;
        }

        int to = _line.Cursor;
        while (to < text.Length && StepOn(text, to) is int step && text[from..(to + step)].GetCellWidth() <= room)
        {
            to += step;
        }

        int back = text[_line.Cursor..to].GetCellWidth();
        terminal.Write($"\r\u001b[K{_prompt}{text[from..to]}{(back > 0 ? $"\u001b[{back}D" : "")}");
    }
}
