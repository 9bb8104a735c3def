using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a table with other values in the columns that tell of their history. Results are the caller's.</summary>
internal static class Altered
{
    public static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Versions that are over. A clock that was set back makes none that ends before it began.</summary>
    public static RecordBatch Close(RecordBatch rows, DateTimeOffset now)
    {
        var from = (FixedColumn<long>)rows[HistoryColumns.ValidFrom];
        using var ends = new FixedBuilder<long>(from.Type, rows.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            ends.Append(from.IsNull(row) ? Micros(now) : Math.Max(Micros(now), from.Values[row]));
        }

        using Column end = ends.Build();
        using Column no = ColumnValue.Repeat(DataType.Boolean, false, rows.Length);
        using RecordBatch ended = With(rows, HistoryColumns.ValidTo, end);
        return With(ended, HistoryColumns.IsCurrent, no);
    }

    /// <summary>Rows that are marked as gone since a time, or as there with null.</summary>
    public static RecordBatch Mark(RecordBatch rows, DateTimeOffset? time)
    {
        using Column mark = ColumnValue.Repeat(rows[HistoryColumns.DeletedAt].Type, time is { } at ? Micros(at) : null, rows.Length);
        return With(rows, HistoryColumns.DeletedAt, mark);
    }

    private static RecordBatch With(RecordBatch rows, string name, Column column)
    {
        int place = rows.Schema.Require(name);
        return new RecordBatch(rows.Schema, rows.Length, [.. rows.Columns.Select((c, i) => i == place ? column.Share() : c.Share())]);
    }
}
