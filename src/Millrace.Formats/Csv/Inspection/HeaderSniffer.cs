using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Tells whether the first record holds names, and makes names of it.</summary>
internal static class HeaderSniffer
{
    private const int LongestName = 128;

    /// <param name="rows">The records.</param>
    /// <param name="rest">Types of the columns as the records behind the first one have them.</param>
    /// <param name="withFirst">Types when the first record is data.</param>
    public static bool IsHeader(SampleTable rows, IReadOnlyList<DataType> rest, IReadOnlyList<DataType> withFirst, CsvOptions options)
    {
        if (IsKnown(rows, options))
        {
            return true;
        }

        bool anyTyped = false;
        bool anyMisfit = false;
        for (int i = 0; i < rest.Count && i < rows.Fields(0); i++)
        {
            if (rows.Text(0, i).Length > LongestName)
            {
                return false;
            }

            anyTyped |= rest[i].Id != TypeId.Utf8;
            anyMisfit |= rest[i].Id != TypeId.Utf8 && withFirst[i].Id == TypeId.Utf8 && !rows.IsNull(0, i);
        }

        return anyMisfit || (!anyTyped && LooksLikeNames(rows) && !Recurs(rows));
    }

    /// <summary>A name per column, all different.</summary>
    public static string[] Names(SampleTable rows, bool header, int columns)
    {
        var names = new string[columns];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < columns; i++)
        {
            string name = header && i < rows.Fields(0) ? Encoding.UTF8.GetString(rows.Text(0, i)).Trim() : "";
            string unique = name = name.Length == 0 ? $"column{i + 1}" : name;
            for (int n = 2; !taken.Add(unique); n++)
            {
                unique = $"{name}_{n}";
            }

            names[i] = unique;
        }

        return names;
    }

    /// <summary>Whether the first record could be names: texts that begin with a letter, all different.</summary>
    public static bool LooksLikeNames(SampleTable rows)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < rows.Fields(0); i++)
        {
            ReadOnlySpan<byte> text = rows.Text(0, i);
            bool begins = text.Length > 0 && (char.IsAsciiLetter((char)text[0]) || text[0] is (byte)'_' or >= 0x80);
            if (!begins || text.IndexOfAny(",;\t|"u8) >= 0 || !seen.Add(Encoding.UTF8.GetString(text)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the first record holds the names that are given for the columns, or half of those that are expected.</summary>
    public static bool IsKnown(SampleTable rows, CsvOptions options)
    {
        if (rows.Rows == 0 || (options.Columns is null && options.Expected.Count == 0))
        {
            return false;
        }

        string[] texts = [.. Enumerable.Range(0, rows.Fields(0)).Select(i => Encoding.UTF8.GetString(rows.Text(0, i)).Trim())];
        return options.Columns is { } given
            ? texts.SequenceEqual(given, StringComparer.OrdinalIgnoreCase)
            : options.Expected.Intersect(texts, StringComparer.OrdinalIgnoreCase).Count() * 2 >= options.Expected.Count;
    }

    // A text that stands in its column again is a value.
    private static bool Recurs(SampleTable rows)
    {
        for (int row = 1; row < rows.Rows; row++)
        {
            for (int i = 0; i < rows.Fields(0) && i < rows.Fields(row); i++)
            {
                if (!rows.IsNull(row, i) && rows.Text(row, i).SequenceEqual(rows.Text(0, i)))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
