using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>
/// Sessions: rows of a key whose times are less than a gap apart. A session begins at its first time and ends a gap after its
/// last; a row at the very end begins the next.
/// </summary>
internal static class SessionWindows
{
    /// <summary>The start of each row's session, for partitions by key in the order of the one argument, the time.</summary>
    public static WindowKernel Start(DataType time, Interval gap) => Of(new WindowStep(time.Unit, gap), end: false);

    /// <summary>The end of each row's session.</summary>
    public static WindowKernel End(DataType time, Interval gap) => Of(new WindowStep(time.Unit, gap), end: true);

    private static WindowKernel Of(WindowStep gap, bool end) => (in WindowCall call, ColumnBuilder results) =>
    {
        ReadOnlySpan<long> times = ((FixedColumn<long>)call.Arguments[0].Column).Values;
        Span<long> target = ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
        int first = 0;
        for (int row = 1; row <= target.Length; row++)
        {
            if (row < target.Length && times[row] < gap.From(times[row - 1], 1))
            {
                continue;
            }

            target[first..row].Fill(long.CreateSaturating(end ? gap.From(times[row - 1], 1) : times[first]));
            first = row;
        }
    };
}
