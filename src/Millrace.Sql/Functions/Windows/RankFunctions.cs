using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Functions of a row's place in the order.</summary>
internal static class RankFunctions
{
    /// <summary><c>row_number</c>, for plans that count rows.</summary>
    public static WindowFunction RowNumberFunction { get; } = Of("row_number", "The number of the row in its partition, from 1.", DataType.Int64, RowNumber, PagedRankFunctions.RowNumber,
        new("SELECT string_agg(n::varchar, ',' ORDER BY n) FROM (SELECT row_number() OVER (ORDER BY x DESC) AS n FROM (VALUES (5), (7)) AS t(x)) AS r", "1,2"));

    public static IReadOnlyList<WindowFunction> All { get; } =
    [
        RowNumberFunction,
        Of("rank", "The number of the first row that is equal in the order, so that equals share a rank and gaps follow.", DataType.Int64, Rank, PagedRankFunctions.Rank,
            new("SELECT string_agg(n::varchar, ',' ORDER BY n) FROM (SELECT rank() OVER (ORDER BY x) AS n FROM (VALUES (5), (5), (7)) AS t(x)) AS r", "1,1,3")),
        Of("dense_rank", "The rank without gaps: how many different rows there are up to this one.", DataType.Int64, DenseRank, PagedRankFunctions.DenseRank,
            new("SELECT string_agg(n::varchar, ',' ORDER BY n) FROM (SELECT dense_rank() OVER (ORDER BY x) AS n FROM (VALUES (5), (5), (7)) AS t(x)) AS r", "1,1,2")),
        Of("percent_rank", "The share of the other rows that come before: (rank - 1) / (rows - 1), and 0 for a single row.", DataType.Float64, PercentRank, PagedRankFunctions.PercentRank,
            new("SELECT max(n) FROM (SELECT percent_rank() OVER (ORDER BY x) AS n FROM (VALUES (5), (6), (7)) AS t(x)) AS r", "1")),
        Of("cume_dist", "The share of the rows that come before or are equal.", DataType.Float64, CumulativeShare, PagedRankFunctions.CumulativeShare,
            new("SELECT min(n) FROM (SELECT cume_dist() OVER (ORDER BY x) AS n FROM (VALUES (5), (6)) AS t(x)) AS r", "0.5")),
        new("ntile", "The number of the row's bucket when the partition is dealt into so many buckets, as evenly as can be.",
        [
            new WindowOverload { Parameters = [DataType.Int64], Returns = DataType.Int64, Kernel = _ => Tile, Paged = PagedRankFunctions.Tile },
        ])
        {
            Examples = [new("SELECT string_agg(n::varchar, ',' ORDER BY n) FROM (SELECT ntile(2) OVER (ORDER BY x) AS n FROM (VALUES (5), (6), (7)) AS t(x)) AS r", "1,1,2")],
        },
    ];

    /// <summary>
    /// Appends the buckets of some rows of a partition. The first buckets have a row more where rows do not divide evenly; the
    /// number of buckets is the first row's.
    /// </summary>
    public static void Tile(long? count, long first, int rows, long partitionRows, FixedBuilder<long> results)
    {
        if (count is not { } buckets)
        {
            for (int row = 0; row < rows; row++)
            {
                results.AppendNull();
            }

            return;
        }

        if (buckets <= 0)
        {
            throw WindowFunctionErrors.Buckets(buckets);
        }

        long small = partitionRows / buckets;
        long large = partitionRows % buckets;
        long inLarge = large * (small + 1);
        Span<long> values = results.AppendUninitialized(rows);
        for (int i = 0; i < values.Length; i++)
        {
            long row = first + i;
            values[i] = 1 + (row < inLarge ? row / (small + 1) : large + ((row - inLarge) / small));
        }
    }

    private static WindowFunction Of(string name, string doc, DataType type, WindowKernel kernel, PagedWindowKernel paged, FunctionExample example)
        => new(name, doc, [new WindowOverload { Parameters = [], Returns = type, Kernel = _ => kernel, Paged = () => paged }]) { Examples = [example] };

    private static void RowNumber(in WindowCall call, ColumnBuilder results)
    {
        Span<long> target = ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = row + 1;
        }
    }

    private static void Rank(in WindowCall call, ColumnBuilder results)
    {
        Span<long> target = ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = call.PeerStart[row] + 1;
        }
    }

    private static void DenseRank(in WindowCall call, ColumnBuilder results)
    {
        Span<long> target = ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
        long rank = 0;
        for (int row = 0; row < target.Length; row++)
        {
            rank += call.PeerStart[row] == row ? 1 : 0;
            target[row] = rank;
        }
    }

    private static void PercentRank(in WindowCall call, ColumnBuilder results)
    {
        Span<double> target = ((FixedBuilder<double>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = target.Length == 1 ? 0 : (double)call.PeerStart[row] / (target.Length - 1);
        }
    }

    private static void CumulativeShare(in WindowCall call, ColumnBuilder results)
    {
        Span<double> target = ((FixedBuilder<double>)results).AppendUninitialized(call.Rows);
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = (double)call.PeerEnd[row] / target.Length;
        }
    }

    private static void Tile(in WindowCall call, ColumnBuilder results)
        => Tile(call.Arguments[0].IsNull(0) ? null : ((FixedColumn<long>)call.Arguments[0].Column).Values[0], 0, call.Rows, call.Rows, (FixedBuilder<long>)results);
}
