using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Leaves out rows early that a join further up has no partner for: that join's table is complete before the first row of
/// its other side is read. Some rows without a partner pass; the join itself finds them.
/// </summary>
/// <param name="input">The rows.</param>
/// <param name="build">The kept side of the join above. Not an input: the join completes it.</param>
/// <param name="keys">The columns of the rows by which the join finds partners.</param>
public sealed class JoinFilterNode(PhysicalNode input, JoinBuildNode build, IReadOnlyList<JoinKey> keys) : StreamNode(input.Schema, input)
{
    public override string Name => "JoinFilter";

    public override string Details => string.Join(" and ", keys.Select(k => $"{Schema[k.Left].Name} in {build.Schema[k.Right].Name}"));

    public override bool TakesEncoded => true;

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
        => ((JoinBuild)run[build]).Table is { } table ? new JoinFilterLane(table, keys, output) : new Passing(output);

    /// <summary>The kept side is on disk, where it cannot be asked.</summary>
    private sealed class Passing(LaneOperator output) : LaneOperator
    {
        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk) => output.Push(chunk);

        public override void Finish() => output.Finish();
    }
}

/// <summary>A lane of a <see cref="JoinFilterNode"/>. It gives up where most rows pass.</summary>
internal sealed class JoinFilterLane(JoinTable table, IReadOnlyList<JoinKey> keys, LaneOperator output) : LaneOperator
{
    // After so many rows it is known whether looking them up is worth while.
    private const int TrialRows = 16 << 10;
    private const double MostPassing = 0.7;

    private readonly CandidateFinder _finder = new(keys, table);
    private long _rows;
    private long _passed;
    private bool _isOff;

    public override bool IsSatisfied => output.IsSatisfied || table.Count == 0;

    public override void Push(Chunk chunk)
    {
        if (_isOff)
        {
            output.Push(chunk);
            return;
        }

        int rows = chunk.Rows.Length;
        using RowMask mask = Partners(_finder.Find(chunk.Rows));
        int passed = mask.Count();
        _rows += rows;
        _passed += passed;
        _isOff = _rows >= TrialRows && _passed > _rows * MostPassing;
        if (passed == rows)
        {
            output.Push(chunk);
        }
        else if (passed > 0)
        {
            using RecordBatch left = Filter.Apply(chunk.Rows, mask.Bits);
            output.Push(new Chunk(left, chunk.Part));
        }
    }

    public override void Finish() => output.Finish();

    private static unsafe RowMask Partners(ReadOnlySpan<int> first)
    {
        RowMask mask = RowMask.None(first.Length);
        for (int at = 0; at < first.Length; at += 64)
        {
            ulong word = 0;
            int count = Math.Min(64, first.Length - at);
            for (int i = 0; i < count; i++)
            {
                // None is negative, and nothing else is.
                word |= (ulong)(~(uint)first[at + i] >> 31) << i;
            }

            mask.Words[at >> 6] = word;
        }

        return mask;
    }
}
