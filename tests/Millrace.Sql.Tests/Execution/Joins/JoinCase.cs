using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Two random inputs whose keys often meet, and the join of them by trying all pairs.</summary>
internal sealed class JoinCase : IDisposable
{
    private readonly bool[] _nullsMatch;

    public JoinCase(int seed, DataType[] keys, int leftRows, int rightRows, bool residual, bool skewed = false, bool nulls = true, int textLength = 10)
    {
        var random = new RandomBatches(seed, new RandomOptions { NullDensity = nulls ? 0.15 : 0, EdgeDensity = 0.1, MaxTextLength = textLength, Sliced = seed % 2 == 0 });
        Random dice = random.Random;
        var fields = new List<Field>(keys.Select((t, i) => new Field($"k{i}", t))) { new("v", DataType.Int32), new("t", DataType.Utf8) };
        Left = Draw(random, new Schema(fields.Select(f => new Field("l" + f.Name, f.Type))), leftRows, keys.Length, seed, skewed);
        Right = Draw(random, new Schema(fields.Select(f => new Field("r" + f.Name, f.Type))), rightRows, keys.Length, seed, skewed);
        _nullsMatch = [.. keys.Select(_ => dice.Next(4) == 0)];
        Keys = [.. keys.Select((_, i) => new JoinKey(i, i, _nullsMatch[i]))];
        if (residual)
        {
            int value = keys.Length;
            Condition = new JoinCondition([value], [value], _ => new LessThan());
        }
    }

    public RecordBatch Left { get; }

    public RecordBatch Right { get; }

    public JoinKey[] Keys { get; }

    public JoinCondition? Condition { get; }

    /// <param name="kind">The kind.</param>
    /// <param name="left">The rows of <see cref="Left"/>.</param>
    /// <param name="right">The rows of <see cref="Right"/>.</param>
    /// <param name="outputsRight">Whether a semi or anti join gives right rows.</param>
    /// <param name="filtered">Whether left rows are looked up before.</param>
    public HashJoinNode Node(LogicalJoinKind kind, PhysicalNode left, PhysicalNode right, bool outputsRight = false, bool filtered = false)
    {
        if (outputsRight)
        {
            var kept = new JoinBuildNode(right, [.. Keys.Select(k => k.Right)], _nullsMatch);
            left = filtered ? new JoinFilterNode(left, kept, Keys) : left;
            return new HashJoinNode(kind, left, kept, Keys, Condition, Right.Schema, [], [.. Enumerable.Range(0, Right.Schema.Count)]) { OutputsRight = true };
        }

        bool onlyLeft = kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark;
        var fields = new List<Field>(Left.Schema.Fields);
        fields.AddRange(onlyLeft ? [] : Right.Schema.Fields);
        if (kind == LogicalJoinKind.Mark)
        {
            fields.Add(new Field("mark", DataType.Boolean));
        }

        var build = new JoinBuildNode(right, [.. Keys.Select(k => k.Right)], _nullsMatch) { IsDealt = kind != LogicalJoinKind.Mark };
        int[] all = [.. Enumerable.Range(0, Left.Schema.Count)];
        left = filtered ? new JoinFilterNode(left, build, Keys) : left;
        return new HashJoinNode(kind, left, build, Keys, Condition, new Schema(fields), all, onlyLeft ? [] : all);
    }

    /// <summary>The rows of the join as text, sorted.</summary>
    public List<string> Expected(LogicalJoinKind kind, bool outputsRight = false)
    {
        IReadOnlyList<string> left = Texts(Left);
        IReadOnlyList<string> right = Texts(Right);
        string noLeft = string.Join('|', Left.Columns.Select(_ => "null"));
        string noRight = string.Join('|', Right.Columns.Select(_ => "null"));
        var rows = new List<string>();
        var rightMatched = new bool[Right.Length];
        for (int l = 0; l < Left.Length; l++)
        {
            bool any = false;
            bool unknown = false;
            for (int r = 0; r < Right.Length; r++)
            {
                bool? test = Test(l, r);
                unknown |= test is null;
                any |= test == true;
                rightMatched[r] |= test == true;
                if (test == true && kind is not (LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark))
                {
                    rows.Add(left[l] + "|" + right[r]);
                }
            }

            switch (kind)
            {
                case LogicalJoinKind.Semi when any:
                case LogicalJoinKind.Anti when !any:
                    rows.Add(left[l]);
                    break;
                case LogicalJoinKind.Mark:
                    rows.Add(left[l] + "|" + (any ? "true" : unknown ? "null" : "false"));
                    break;
                case LogicalJoinKind.Left or LogicalJoinKind.Full or LogicalJoinKind.Single when !any:
                    rows.Add(left[l] + "|" + noRight);
                    break;
            }
        }

        if (outputsRight)
        {
            rows = [.. Enumerable.Range(0, Right.Length).Where(r => rightMatched[r] == (kind == LogicalJoinKind.Semi)).Select(r => right[r])];
        }

        if (kind is LogicalJoinKind.Right or LogicalJoinKind.Full)
        {
            rows.AddRange(Enumerable.Range(0, Right.Length).Where(r => !rightMatched[r]).Select(r => noLeft + "|" + right[r]));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    public static List<string> Sorted(IEnumerable<RecordBatch> batches)
    {
        List<string> rows = [.. batches.SelectMany(Texts)];
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    public static IReadOnlyList<string> Texts(RecordBatch rows)
        => [.. Enumerable.Range(0, rows.Length).Select(r => string.Join('|', rows.Columns.Select(c => ColumnText.Json(c, r))))];

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    // Few different rows drawn many times; with skew one of them most often.
    private static RecordBatch Draw(RandomBatches random, Schema schema, int rows, int keys, int seed, bool skewed)
    {
        var pool = new RandomBatches(seed + 77, random.Options);
        int different = Math.Max(1, rows / 3);
        Column[] keyPool = [.. Enumerable.Range(0, keys).Select(k => pool.Column(schema[k].Type, 40))];
        int[] drawn = [.. Enumerable.Range(0, rows).Select(_ => skewed && random.Random.Next(10) > 0 ? 3 : random.Random.Next(Math.Min(40, different)))];
        var columns = new Column[schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            if (i < keys)
            {
                // Further keys vary a little on their own.
                int[] chosen = i == 0 ? drawn : [.. drawn.Select(d => random.Random.Next(3) == 0 ? random.Random.Next(5) : d)];
                columns[i] = Take.Rows(keyPool[i], chosen);
            }
            else
            {
                columns[i] = i == keys ? Small(random.Random, rows) : random.Column(schema[i].Type, rows);
            }
        }

        Array.ForEach(keyPool, k => k.Dispose());
        return new RecordBatch(schema, rows, columns);
    }

    private static Column Small(Random random, int rows)
    {
        using var builder = new FixedBuilder<int>(DataType.Int32);
        for (int i = 0; i < rows; i++)
        {
            if (random.Next(8) == 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(random.Next(10));
            }
        }

        return builder.Build();
    }

    private bool? Test(int l, int r)
    {
        bool? result = true;
        for (int k = 0; k < Keys.Length; k++)
        {
            bool leftNull = Left[k].IsNull(l);
            bool rightNull = Right[k].IsNull(r);
            bool? equal = leftNull || rightNull ? _nullsMatch[k] ? leftNull == rightNull : null : Values.Compare(Left[k], l, Right[k], r) == 0;
            result = equal == false || result == false ? false : equal is null ? null : result;
        }

        if (Condition is not null)
        {
            (Column a, Column b) = (Left[Keys.Length], Right[Keys.Length]);
            bool? less = a.IsNull(l) || b.IsNull(r) ? null : ((FixedColumn<int>)a).Values[l] < ((FixedColumn<int>)b).Values[r];
            result = less == false || result == false ? false : less is null ? null : result;
        }

        return result;
    }

    /// <summary>Whether the first column is less than the second.</summary>
    private sealed class LessThan() : Evaluator(DataType.Boolean)
    {
        public override Vector Evaluate(RecordBatch batch, RowFaults faults)
        {
            using var builder = new BooleanBuilder(batch.Length);
            var (a, b) = ((FixedColumn<int>)batch[0], (FixedColumn<int>)batch[1]);
            for (int row = 0; row < batch.Length; row++)
            {
                if (a.IsNull(row) || b.IsNull(row))
                {
                    builder.AppendNull();
                }
                else
                {
                    builder.Append(a.Values[row] < b.Values[row]);
                }
            }

            return new Vector(builder.Build());
        }
    }
}
