using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Finds the rows that come too late for a join, and counts them.</summary>
internal static class LateRowsOfJoin
{
    /// <summary>The rows of a batch that are not too late; the caller owns them.</summary>
    /// <param name="rows">Rows of a side; borrowed.</param>
    /// <param name="side">The side.</param>
    /// <param name="watermark">The watermark before they came.</param>
    /// <param name="context">Counts and gets the others.</param>
    /// <param name="drops">Whether late rows are left out, not only counted.</param>
    public static RecordBatch Without(RecordBatch rows, JoinSide side, long watermark, StageContext context, bool drops)
    {
        if (side.LateLag is not { } lag || watermark == StreamTime.None)
        {
            return rows.Share();
        }

        long limit = JoinSide.Before(watermark, lag);
        var times = (FixedColumn<long>)rows[side.TimeColumn!.Value];
        ReadOnlySpan<long> values = times.Values;
        var late = new List<int>();
        for (int row = 0; row < values.Length; row++)
        {
            if (IsLate(row, values, times, limit))
            {
                late.Add(row);
            }
        }

        if (late.Count == 0)
        {
            return rows.Share();
        }

        context.Counters.AddLate(late.Count);
        if (!drops)
        {
            return rows.Share();
        }

        if (context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
        {
            using RecordBatch left = Take.Rows(rows, CollectionsMarshal.AsSpan(late));
            handler(left);
        }

        var inTime = new List<int>(rows.Length - late.Count);
        for (int row = 0; row < values.Length; row++)
        {
            if (!IsLate(row, values, times, limit))
            {
                inTime.Add(row);
            }
        }

        return Take.Rows(rows, CollectionsMarshal.AsSpan(inTime));
    }

    private static bool IsLate(int row, ReadOnlySpan<long> values, FixedColumn<long> times, long limit)
        => !times.IsNull(row) && StreamTime.FromUnit(values[row], times.Type.Unit) < limit;
}
