using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Tells whether the first record holds names, and makes names of it.</summary>
internal static class HeaderSniffer
{
    private const int LongestName = 128;

    /// <param name="first">The first record.</param>
    /// <param name="rest">Types of the columns as the other records have them.</param>
    /// <param name="withFirst">Types when the first record is data.</param>
    /// <param name="rows">All records.</param>
    public static bool IsHeader(SampleRow first, IReadOnlyList<DataType> rest, IReadOnlyList<DataType> withFirst, IReadOnlyList<SampleRow> rows)
    {
        if (Array.Exists(first.Fields, f => f is not null && f.Length > LongestName))
        {
            return false;
        }

        bool anyTyped = false;
        for (int i = 0; i < rest.Count && i < first.Fields.Length; i++)
        {
            anyTyped |= rest[i].Id != TypeId.Utf8;
            if (rest[i].Id != TypeId.Utf8 && withFirst[i].Id == TypeId.Utf8 && first.Fields[i] is not null)
            {
                return true;
            }
        }

        return !anyTyped && LooksLikeNames(first) && !Recurs(first, rows);
    }

    /// <summary>A name per column, all different.</summary>
    public static string[] Names(SampleRow? header, int columns)
    {
        var names = new string[columns];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < columns; i++)
        {
            byte[]? field = header is { } row && i < row.Fields.Length ? row.Fields[i] : null;
            string name = field is null ? "" : Encoding.UTF8.GetString(field).Trim();
            string unique = name = name.Length == 0 ? $"column{i + 1}" : name;
            for (int n = 2; !taken.Add(unique); n++)
            {
                unique = $"{name}_{n}";
            }

            names[i] = unique;
        }

        return names;
    }

    private static bool LooksLikeNames(SampleRow first)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (byte[]? field in first.Fields)
        {
            if (field is null || field.Length == 0 || !(char.IsAsciiLetter((char)field[0]) || field[0] is (byte)'_' or >= 0x80) || field.AsSpan().ContainsAny((byte)',', (byte)';') || !seen.Add(Encoding.UTF8.GetString(field)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Recurs(SampleRow first, IReadOnlyList<SampleRow> rows)
        => rows.Skip(1).Any(row => row.Fields.Zip(first.Fields).Any(pair => pair.First is not null && pair.Second is not null && pair.First.AsSpan().SequenceEqual(pair.Second)));
}
