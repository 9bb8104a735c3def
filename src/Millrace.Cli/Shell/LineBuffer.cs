namespace Millrace.Cli;

/// <summary>A line being edited and the place of the cursor in it.</summary>
internal sealed class LineBuffer
{
    private readonly System.Text.StringBuilder _text = new();

    public string Text => _text.ToString();

    /// <summary>Characters before the cursor.</summary>
    public int Cursor { get; private set; }

    public int Length => _text.Length;

    public void Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
    }

    public void Insert(string text)
    {
        _text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Puts a text in the place of some characters before the cursor.</summary>
    public void ReplaceBefore(int count, string text)
    {
        _text.Remove(Cursor - count, count);
        Cursor -= count;
        Insert(text);
    }

    public void Home() => Cursor = 0;

    public void End() => Cursor = _text.Length;

    public void Left() => Cursor -= Cursor > 0 ? WidthBefore() : 0;

    public void Right() => Cursor += Cursor < _text.Length ? WidthAfter() : 0;

    public void WordLeft() => Cursor = WordStart();

    public void WordRight()
    {
        while (Cursor < _text.Length && !IsWord(_text[Cursor]))
        {
            Cursor++;
        }

        while (Cursor < _text.Length && IsWord(_text[Cursor]))
        {
            Cursor++;
        }
    }

    public void Backspace()
    {
        if (Cursor > 0)
        {
            ReplaceBefore(WidthBefore(), "");
        }
    }

    public void Delete()
    {
        if (Cursor < _text.Length)
        {
            _text.Remove(Cursor, WidthAfter());
        }
    }

    public void DeleteWord() => ReplaceBefore(Cursor - WordStart(), "");

    public void DeleteToStart() => ReplaceBefore(Cursor, "");

    public void DeleteToEnd() => _text.Length = Cursor;

    /// <summary>First character of the word that ends at the cursor.</summary>
    public int WordStart()
    {
        int at = Cursor;
        while (at > 0 && !IsWord(_text[at - 1]))
        {
            at--;
        }

        while (at > 0 && IsWord(_text[at - 1]))
        {
            at--;
        }

        return at;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    // Half a surrogate pair is never left behind.
    private int WidthBefore() => Cursor > 1 && char.IsLowSurrogate(_text[Cursor - 1]) ? 2 : 1;

    private int WidthAfter() => Cursor + 1 < _text.Length && char.IsHighSurrogate(_text[Cursor]) ? 2 : 1;
}
