using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Finds the values that the server is known not to take, so that a row can be set aside before its COPY fails as a whole.</summary>
internal static class ValueChecks
{
    // The server's days begin with Julian day 0 and end before day 2147483494 (datatype/timestamp.h); 2440588 is 1970-01-01.
    private const int FirstDay = -2_440_588;
    private const int LastDay = 2_147_483_493 - 2_440_588;

    // 4714-11-24 BC in microseconds since 1970. The last moment of 64 bits is before the server's.
    private const long FirstMicrosecond = -210_866_803_200_000_000;

    /// <param name="column">Values as they are to be sent.</param>
    /// <param name="target">Their column.</param>
    /// <param name="isKey">Whether rows are merged by it.</param>
    /// <param name="op">What happened to each row; null where rows are only rows.</param>
    /// <param name="unchanged">What was not sent of each row; null for none.</param>
    /// <param name="found">Called for each bad value with its row and what is wrong.</param>
    /// <param name="repertoire">The characters of the database; null for all.</param>
    public static void Find(Column column, TargetColumn target, bool isKey, BinaryColumn? op, ListColumn? unchanged, Action<int, string> found, Repertoire? repertoire = null)
    {
        if (column.HasNulls && (isKey || target.Info.NotNull))
        {
            FindNulls(column, isKey, op, isKey ? null : unchanged, found);
        }

        FindBad(column, target.Write.Sent, repertoire, found);
    }

    private static void FindBad(Column column, string sent, Repertoire? repertoire, Action<int, string> found)
    {
        switch (column)
        {
            case ListColumn lists:
                FindItems(lists, sent, repertoire, found);
                break;
            case BinaryColumn texts when column.Type.Id != TypeId.Binary:
                FindNul(texts, "\0"u8, "holds a NUL character, which PostgreSQL does not store", found);
                if (sent == "jsonb")
                {
                    FindNul(texts, "\\u0000"u8, "holds \\u0000, which jsonb does not store", found);
                }

                repertoire?.Find(texts, unescapes: sent == "jsonb", found);
                break;
            case FixedColumn<int> days when column.Type.Id == TypeId.Date:
                FindDays(days, found);
                break;
            case FixedColumn<long> moments when column.Type.Id == TypeId.Timestamp:
                FindMoments(moments, found);
                break;
        }
    }

    // Items that belong to no list, or to one that is null, are not sent.
    private static void FindItems(ListColumn lists, string sent, Repertoire? repertoire, Action<int, string> found)
        => FindBad(lists.Items, sent.EndsWith("[]", StringComparison.Ordinal) ? sent[..^2] : sent, repertoire, (item, message) =>
        {
            int row = RowOf(lists.Offsets, item);
            if (row >= 0 && lists.Validity[row])
            {
                found(row, $"has an item that {message}");
            }
        });

    // The list that an item is in; -1 for none. Of several that begin there the last, since the others are empty.
    private static int RowOf(ReadOnlySpan<int> offsets, int item)
    {
        int low = 0;
        int high = offsets.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = offsets[middle] <= item ? (middle + 1, high) : (low, middle);
        }

        return low == offsets.Length ? -1 : low - 1;
    }

    private static void FindNulls(Column column, bool isKey, BinaryColumn? op, ListColumn? unchanged, Action<int, string> found)
    {
        Bitmap validity = column.Validity;
        for (int row = 0; row < column.Length; row++)
        {
            // Of a row that is gone only the key counts, of a table that was emptied nothing; what was not sent is in the table.
            if (!validity[row] && !(op is not null && (Is(op, row, "T"u8) || (!isKey && Is(op, row, "D"u8)))) && unchanged?.Validity[row] != true)
            {
                found(row, isKey ? "is NULL, and rows are merged by it" : "is NULL, which the column does not take");
            }
        }
    }

    private static void FindNul(BinaryColumn texts, ReadOnlySpan<byte> sought, string message, Action<int, string> found)
    {
        ReadOnlySpan<int> offsets = texts.Offsets;
        ReadOnlySpan<byte> data = texts.Data;
        int rows = texts.Length;
        if (data[offsets[0]..offsets[rows]].IndexOf(sought) < 0)
        {
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            if (texts.Validity[row] && Holds(data[offsets[row]..offsets[row + 1]], sought))
            {
                found(row, message);
            }
        }
    }

    // An escape counts only where its backslash is not escaped itself.
    private static bool Holds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> sought)
    {
        for (int at = text.IndexOf(sought); at >= 0;)
        {
            int before = at;
            while (sought.Length > 1 && before > 0 && text[before - 1] == (byte)'\\')
            {
                before--;
            }

            if ((at - before) % 2 == 0)
            {
                return true;
            }

            int next = text[(at + 1)..].IndexOf(sought);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static void FindDays(FixedColumn<int> days, Action<int, string> found)
    {
        ReadOnlySpan<int> values = days.Values;
        for (int row = 0; row < values.Length; row++)
        {
            int day = values[row];
            if (day is < FirstDay or > LastDay && day is not (int.MaxValue or -int.MaxValue) && days.Validity[row])
            {
                found(row, string.Create(CultureInfo.InvariantCulture, $"is {day} days from 1970-01-01, beyond the dates of PostgreSQL"));
            }
        }
    }

    private static void FindMoments(FixedColumn<long> moments, Action<int, string> found)
    {
        ReadOnlySpan<long> values = moments.Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (values[row] < FirstMicrosecond && values[row] != -long.MaxValue && moments.Validity[row])
            {
                found(row, string.Create(CultureInfo.InvariantCulture, $"is {values[row]} microseconds from 1970-01-01, before the timestamps of PostgreSQL"));
            }
        }
    }

    private static bool Is(BinaryColumn column, int row, ReadOnlySpan<byte> value)
        => column.Data[column.Offsets[row]..column.Offsets[row + 1]].SequenceEqual(value);
}
