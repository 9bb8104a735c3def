using System.Text;
using System.Text.Unicode;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Finds values that are not what their type promises. Nothing in a file keeps its text to UTF-8 or its decimals to the
/// digits it declares.
/// </summary>
internal static class ValueChecks
{
    /// <summary>Decimals of so many digits fit into 64 bits.</summary>
    private const int MaxLongDigits = 18;

    /// <summary>The rows with such values, in ascending order; null if there is none.</summary>
    public static List<(int Row, ErrorCode Code, string Message)>? Find(Column column) => column switch
    {
        BinaryColumn { Type.IsText: true } text => IsAllText(text) ? null : FindText(text),
        FixedColumn<Int128> decimals => FindDecimals(decimals),
        StructColumn structs => FindInFields(structs),
        ListColumn list => FindInItems(list),
        _ => null,
    };

    // All bytes at once, then that no value begins inside a character.
    private static bool IsAllText(BinaryColumn column)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        ReadOnlySpan<byte> data = column.Data[offsets[0]..];
        if (Ascii.IsValid(data))
        {
            return true;
        }

        if (!Utf8.IsValid(data))
        {
            return false;
        }

        foreach (int offset in offsets)
        {
            int at = offset - offsets[0];
            if (at < data.Length && (data[at] & 0xC0) == 0x80)
            {
                return false;
            }
        }

        return true;
    }

    private static List<(int Row, ErrorCode Code, string Message)>? FindText(BinaryColumn column)
    {
        List<(int, ErrorCode, string)>? faults = null;
        for (int row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row) && !Utf8.IsValid(column[row]))
            {
                (faults ??= []).Add((row, FormatErrors.InvalidUtf8, "A text is not valid UTF-8."));
            }
        }

        return faults;
    }

    private static List<(int Row, ErrorCode Code, string Message)>? FindDecimals(FixedColumn<Int128> column)
    {
        ReadOnlySpan<Int128> values = column.Values;
        if (column.Type.Precision <= MaxLongDigits && NarrowDecimals.AreWithin(values, (long)DecimalMath.Power(column.Type.Precision) - 1))
        {
            return null;
        }

        List<(int, ErrorCode, string)>? faults = null;
        Int128 limit = (Int128)DecimalMath.Power(column.Type.Precision);
        for (int row = 0; row < values.Length; row++)
        {
            if ((values[row] >= limit || values[row] <= -limit) && !column.IsNull(row))
            {
                (faults ??= []).Add((row, FormatErrors.ValueDoesNotFit, $"A decimal has more digits than {column.Type}."));
            }
        }

        return faults;
    }

    private static List<(int Row, ErrorCode Code, string Message)>? FindInFields(StructColumn column)
    {
        List<(int Row, ErrorCode, string)>? faults = null;
        foreach (Column field in column.Fields)
        {
            if (Find(field) is { } found)
            {
                faults = [.. (faults ?? []).Concat(found).OrderBy(f => f.Row)];
            }
        }

        return faults;
    }

    private static List<(int Row, ErrorCode Code, string Message)>? FindInItems(ListColumn column)
    {
        if (Find(column.Items) is not { } items)
        {
            return null;
        }

        var faults = new List<(int, ErrorCode, string)>();
        ReadOnlySpan<int> offsets = column.Offsets;
        int row = 0;
        foreach ((int item, ErrorCode code, string message) in items)
        {
            while (row < column.Length && offsets[row + 1] <= item)
            {
                row++;
            }

            if (row < column.Length && item >= offsets[row])
            {
                faults.Add((row, code, message));
            }
        }

        return faults.Count > 0 ? faults : null;
    }
}
