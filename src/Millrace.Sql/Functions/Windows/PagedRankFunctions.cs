using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The functions of <see cref="RankFunctions"/> for partitions on disk.</summary>
internal static class PagedRankFunctions
{
    public static void RowNumber(PagedWindowCall call, ColumnBuilder results)
    {
        Span<long> target = Numbers(call, results);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = call.First + row + 1;
        }
    }

    public static void Rank(PagedWindowCall call, ColumnBuilder results)
    {
        Span<long> target = Numbers(call, results);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = call.PeerStart[row] + 1;
        }
    }

    public static void DenseRank(PagedWindowCall call, ColumnBuilder results)
    {
        Span<long> target = Numbers(call, results);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = call.Groups[row] + 1;
        }
    }

    public static void PercentRank(PagedWindowCall call, ColumnBuilder results)
    {
        Span<double> target = ((FixedBuilder<double>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = call.PartitionRows == 1 ? 0 : (double)call.PeerStart[row] / (call.PartitionRows - 1);
        }
    }

    public static void CumulativeShare(PagedWindowCall call, ColumnBuilder results)
    {
        Span<double> target = ((FixedBuilder<double>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = (double)call.PeerEnd[row] / call.PartitionRows;
        }
    }

    /// <summary>The first row's argument counts for all pages.</summary>
    public static PagedWindowKernel Tile()
    {
        long? buckets = null;
        return (call, results) =>
        {
            if (call.First == 0)
            {
                buckets = call.Arguments[0].IsNull(0) ? null : ((FixedColumn<long>)call.Arguments[0].Column).Values[0];
            }

            RankFunctions.Tile(buckets, call.First, call.Rows, call.PartitionRows, (FixedBuilder<long>)results);
        };
    }

    private static Span<long> Numbers(PagedWindowCall call, ColumnBuilder results) => ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
}
