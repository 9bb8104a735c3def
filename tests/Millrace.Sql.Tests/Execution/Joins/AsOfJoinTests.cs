using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

[Trait("speed", "slow")]
public sealed class AsOfJoinTests
{
    public static TheoryData<CompareOperator, bool, int> Cases()
    {
        var cases = new TheoryData<CompareOperator, bool, int>();
        foreach (CompareOperator op in (CompareOperator[])[CompareOperator.GreaterOrEqual, CompareOperator.Greater, CompareOperator.LessOrEqual, CompareOperator.Less])
        {
            for (int keys = 0; keys < 3; keys++)
            {
                cases.Add(op, false, keys);
                cases.Add(op, true, keys);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_nearest_row_of_the_same_key_is_found(CompareOperator op, bool keepsLeft, int keys)
    {
        (int Left, int Right)[] shapes = [(120, 90), (0, 10), (20, 0), (200, 15)];
        for (int i = 0; i < shapes.Length; i++)
        {
            int seed = (keys * 10) + i;
            await LeakCheck.RunAsync(async () =>
            {
                using RecordBatch left = Rows(seed, shapes[i].Left);
                using RecordBatch right = Rows(seed + 500, shapes[i].Right);
                TestRows leftRows = TestRows.Cut(left, 25);
                TestRows rightRows = TestRows.Cut(right, 10);
                JoinKey[] all = [new JoinKey(0, 0), new JoinKey(1, 1, NullsMatch: true)];
                JoinKey[] used = all[..keys];
                var time = new AsOfColumns(2, 2, op);
                var build = new AsOfBuildNode(rightRows, [.. used.Select(k => k.Right)], [.. used.Select(k => k.NullsMatch)], time);
                Schema schema = new([.. left.Schema.Fields, .. right.Schema.Fields.Select(f => f.WithName("r" + f.Name))]);
                var node = new AsOfJoinNode(keepsLeft, leftRows, build, used, time, schema, [0, 1, 2, 3], [0, 1, 2, 3]);
                List<RecordBatch> batches = await NodeRunner.BatchesAsync(node, new QueryContext { Lanes = 1 + (i % 2 * 2) });
                List<string> found = JoinCase.Sorted(batches);
                batches.ForEach(b => b.Dispose());
                leftRows.Release();
                rightRows.Release();
                Assert.Equal(Expected(left, right, used, op, keepsLeft), found);
            });
        }
    }

    private static List<string> Expected(RecordBatch left, RecordBatch right, JoinKey[] keys, CompareOperator op, bool keepsLeft)
    {
        bool back = op is CompareOperator.GreaterOrEqual or CompareOperator.Greater;
        var rows = new List<string>();
        for (int l = 0; l < left.Length; l++)
        {
            int best = -1;
            for (int r = 0; r < right.Length; r++)
            {
                if (!Matches(left, l, right, r, keys, op))
                {
                    continue;
                }

                // Of equal times the last before, or the first behind.
                int order = best < 0 ? 0 : Values.Compare(right[2], r, right[2], best);
                bool better = best < 0 || (back ? order >= 0 : order < 0);
                best = better ? r : best;
            }

            if (best >= 0 || keepsLeft)
            {
                rows.Add(JoinCase.Texts(left)[l] + "|" + (best >= 0 ? JoinCase.Texts(right)[best] : "null|null|null|null"));
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static bool Matches(RecordBatch left, int l, RecordBatch right, int r, JoinKey[] keys, CompareOperator op)
    {
        foreach (JoinKey key in keys)
        {
            bool nulls = left[key.Left].IsNull(l) || right[key.Right].IsNull(r);
            if (nulls && !key.NullsMatch)
            {
                return false;
            }

            if (Values.Nulls(left[key.Left], l, right[key.Right], r) != 0)
            {
                return false;
            }
        }

        if (left[2].IsNull(l) || right[2].IsNull(r))
        {
            return false;
        }

        int order = Values.Compare(left[2], l, right[2], r);
        return op switch
        {
            CompareOperator.GreaterOrEqual => order >= 0,
            CompareOperator.Greater => order > 0,
            CompareOperator.LessOrEqual => order <= 0,
            _ => order < 0,
        };
    }

    private static RecordBatch Rows(int seed, int count)
    {
        var random = new Random(seed);
        using var text = new BinaryBuilder(DataType.Utf8);
        using var number = new FixedBuilder<int>(DataType.Int32);
        using var time = new FixedBuilder<long>(DataType.Timestamp());
        using var id = new FixedBuilder<long>(DataType.Int64);
        for (int i = 0; i < count; i++)
        {
            text.Append($"k{random.Next(4)}");
            number.Append(random.Next(3));
            time.Append(random.Next(40));
            id.Append(i);
            foreach (ColumnBuilder builder in (ColumnBuilder[])[text, number, time])
            {
                if (random.Next(9) == 0)
                {
                    builder.SetNull(i);
                }
            }
        }

        Schema schema = new(new Field("a", DataType.Utf8), new Field("b", DataType.Int32), new Field("t", DataType.Timestamp()), new Field("id", DataType.Int64));
        return new RecordBatch(schema, count, text.Build(), number.Build(), time.Build(), id.Build());
    }
}
