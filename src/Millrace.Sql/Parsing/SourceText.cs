using System.Globalization;
using System.Text;

namespace Millrace.Sql.Parsing;

/// <summary>The text of statements and the name of where it came from; knows the line and column of every character.</summary>
/// <param name="text">The text.</param>
/// <param name="name">A file as the user wrote it, or what the text is called in messages.</param>
public sealed class SourceText(string text, string name = "statement")
{
    private const int MaxExcerpt = 120;

    private int[]? _lines;

    public string Text { get; } = text;

    public string Name { get; } = name;

    /// <summary>Where a character stands: line and column count from 1, columns in characters as people count them.</summary>
    public (int Line, int Column) Position(int offset)
    {
        int line = LineOf(Math.Clamp(offset, 0, Text.Length));
        int column = 1;
        for (int i = LineStarts[line]; i < offset && i < Text.Length; i++)
        {
            column += char.IsLowSurrogate(Text[i]) ? 0 : 1;
        }

        return (line + 1, column);
    }

    public ErrorPlace Place(TextSpan span)
    {
        (int line, int column) = Position(span.Start);
        return ErrorPlace.InFile(Name, line, column);
    }

    /// <summary>The error with line and column, where it only says which character of the text it is about.</summary>
    public MillraceException Locate(MillraceException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Place is { File: null, Line: null, Offset: { } offset } place && offset <= Text.Length
            ? error.At(Place(new TextSpan((int)offset, 0)) with { Stream = place.Stream, Split = place.Split, Row = place.Row })
            : error;
    }

    /// <summary>An error as people read it: its sentence, its line of the text, and carets under the word that it is about.</summary>
    public string Render(MillraceException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        error = Locate(error);
        if (error.Place is not { Line: { } line, Column: { } column } place || place.File != Name || Offset(line, column) is not { } offset)
        {
            return error.Describe();
        }

        return $"{error.Describe()}\n{Excerpt(offset)}";
    }

    /// <summary>The line around a character, and below it carets under the word that begins there.</summary>
    public string Excerpt(int offset)
    {
        int line = LineOf(offset);
        int start = LineStarts[line];
        int end = LineEnd(line);
        int length = Math.Max(Math.Min(Lexer.LengthAt(this, offset), end - offset), 1);
        int from = Math.Max(start, offset - (MaxExcerpt / 2));
        int to = Math.Min(end, from + MaxExcerpt);
        from += from > start && char.IsLowSurrogate(Text[from]) ? 1 : 0;
        string number = (line + 1).ToString(CultureInfo.InvariantCulture);
        var excerpt = new StringBuilder(number).Append(" | ").Append(from > start ? "…" : "");
        Append(excerpt, from, to);
        excerpt.Append(to < end ? "…" : "").Append('\n').Append(' ', number.Length).Append(" | ").Append(from > start ? " " : "");
        for (int i = from; i < offset; i++)
        {
            // A tab stays a tab, so that the caret stands under its word whatever the width of tabs.
            excerpt.Append(char.IsLowSurrogate(Text[i]) ? "" : Text[i] == '\t' ? "\t" : " ");
        }

        return excerpt.Append('^', Math.Max(Math.Min(length, to - offset), 1)).ToString();
    }

    private int[] LineStarts => _lines ??= FindLines(Text);

    private static int[] FindLines(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }

    private int LineOf(int offset)
    {
        int found = Array.BinarySearch(LineStarts, offset);
        return found >= 0 ? found : ~found - 1;
    }

    private int LineEnd(int line)
    {
        int end = line + 1 < LineStarts.Length ? LineStarts[line + 1] : Text.Length;
        while (end > LineStarts[line] && Text[end - 1] is '\r' or '\n')
        {
            end--;
        }

        return end;
    }

    private int? Offset(long line, int column)
    {
        if (line < 1 || line > LineStarts.Length)
        {
            return null;
        }

        int offset = LineStarts[line - 1];
        int end = LineEnd((int)line - 1);
        for (int seen = 1; seen < column && offset < end; seen++)
        {
            offset += char.IsHighSurrogate(Text[offset]) && offset + 1 < end ? 2 : 1;
        }

        return offset;
    }

    // Characters that steer a terminal are shown as a box.
    private void Append(StringBuilder target, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            target.Append(char.IsControl(Text[i]) && Text[i] != '\t' ? '\u25a1' : Text[i]);
        }
    }
}
