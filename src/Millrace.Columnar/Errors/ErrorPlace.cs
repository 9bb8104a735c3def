using System.Globalization;
using System.Text;

namespace Millrace;

/// <summary>Where an error happened. Parts that do not apply stay <see langword="null"/>.</summary>
public sealed record ErrorPlace
{
    /// <summary>File path or URI, as the user wrote it.</summary>
    public string? File { get; init; }

    /// <summary>Line in the file, from 1.</summary>
    public long? Line { get; init; }

    /// <summary>Column in the line, in characters, from 1.</summary>
    public int? Column { get; init; }

    /// <summary>Byte offset in the file, from 0, of the row or block; shown where there is no line.</summary>
    public long? Offset { get; init; }

    /// <summary>Number of the row, from 0, in its file, its split or the block at the offset; not shown beside the line that it begins in.</summary>
    public long? Row { get; init; }

    /// <summary>Name of the table column concerned; nested parts joined with dots.</summary>
    public string? Field { get; init; }

    /// <summary>Name of the stream.</summary>
    public string? Stream { get; init; }

    /// <summary>Id of the split.</summary>
    public string? Split { get; init; }

    public static ErrorPlace InFile(string file, long? line = null, int? column = null) => new() { File = file, Line = line, Column = column };

    public static ErrorPlace AtOffset(string file, long offset) => new() { File = file, Offset = offset };

    /// <summary>The place in the form <c>file:line:column</c>, with the other parts in brackets.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(File ?? Stream ?? "");
        if (Line is { } line)
        {
            text.Append(':').Append(line.ToString(CultureInfo.InvariantCulture));
            if (Column is { } column)
            {
                text.Append(':').Append(column.ToString(CultureInfo.InvariantCulture));
            }
        }

        // A line without a column is that of a row; with one it is that of a word, mostly of a statement.
        bool isRow = Line is not null && Column is null;
        AppendDetail(text, "byte", Line is null ? Offset?.ToString(CultureInfo.InvariantCulture) : null);
        AppendDetail(text, "row", isRow ? null : Row?.ToString(CultureInfo.InvariantCulture));
        AppendDetail(text, "column", Field);
        AppendDetail(text, "stream", File is null ? null : Stream);
        AppendDetail(text, "split", isRow ? null : Split);
        return text.ToString();
    }

    private static void AppendDetail(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            text.Append(text.Length == 0 ? "" : " ").Append('(').Append(name).Append(' ').Append(value).Append(')');
        }
    }
}
