using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Turns what rounds of a query give into rows of a target. Immutable.</summary>
public sealed class ChangelogEncoder
{
    /// <summary>Name of the column that says what a row is.</summary>
    public const string Operation = "_op";

    private readonly StreamPlan _plan;
    private readonly bool _folds;
    private readonly int[]? _key;

    private ChangelogEncoder(StreamPlan plan, ChangelogMode mode, int[]? key, bool folds)
    {
        (_plan, Mode, _key, _folds) = (plan, mode, key, folds);
        Schema = mode switch
        {
            ChangelogMode.Append => plan.Schema,
            ChangelogMode.Upsert => new Schema([new Field(Operation, DataType.Utf8, false), .. plan.Schema.Fields.Select((f, i) => key!.Contains(i) ? f : f.WithNullable(true))]),
            ChangelogMode.Retract => new Schema([new Field(Operation, DataType.Utf8, false), .. plan.Schema.Fields]),
            _ => Envelope(plan.Schema),
        };
    }

    public ChangelogMode Mode { get; }

    /// <summary>Columns of the target.</summary>
    public Schema Schema { get; }

    /// <summary>Names of the columns by which a target tells rows apart; empty where nothing is known.</summary>
    public IReadOnlyList<string> Key => _key is null ? [] : [.. _key.Select(k => _plan.Schema[k].Name)];

    /// <summary>The encoder of a query.</summary>
    /// <param name="plan">The query.</param>
    /// <param name="mode">Null for what fits: append if it can be, else upsert if a key is known, else retract.</param>
    /// <param name="key">Columns that the user names as the key; empty for those that follow from the query.</param>
    /// <param name="foldsRounds">Whether changes of a round that undo each other are left out.</param>
    public static ChangelogEncoder Of(StreamPlan plan, ChangelogMode? mode, IReadOnlyList<string> key, bool foldsRounds)
    {
        int[]? numbers = key.Count > 0 ? [.. key.Select(k => NumberOf(plan, k))] : plan.Key is { Count: > 0 } known ? [.. known] : null;
        ChangelogMode chosen = mode ?? (!plan.IsChanges ? ChangelogMode.Append : numbers is not null ? ChangelogMode.Upsert : ChangelogMode.Retract);
        return chosen switch
        {
            ChangelogMode.Append when plan.IsChanges => throw StreamErrors.NotAppendOnly(),
            ChangelogMode.Upsert when numbers is null => throw StreamErrors.NoKey(),
            _ => new ChangelogEncoder(plan, chosen, numbers, foldsRounds),
        };
    }

    /// <summary>The rows that the changes of a round stand for.</summary>
    /// <param name="changes">In <see cref="StreamPlan.BatchSchema"/>; taken over.</param>
    /// <returns>In <see cref="Schema"/>; the caller owns them.</returns>
    public IReadOnlyList<RecordBatch> Encode(IReadOnlyList<RecordBatch> changes)
    {
        if (Mode == ChangelogMode.Append || changes.Count == 0)
        {
            return changes;
        }

        try
        {
            var encoded = new List<RecordBatch>();
            if (_plan.IsChanges && _folds)
            {
                using RecordBatch? rows = ChangeOrder.Fold(_plan.Schema, changes, out long[] weights);
                if (rows is not null)
                {
                    encoded.Add(Encode(rows, weights));
                }

                return encoded;
            }

            foreach (RecordBatch batch in changes)
            {
                using RecordBatch rows = _plan.IsChanges ? Weights.Strip(batch) : batch.Share();
                encoded.Add(Encode(rows, _plan.IsChanges ? Weights.Of(batch) : Ones(rows.Length)));
            }

            return encoded;
        }
        finally
        {
            foreach (RecordBatch batch in changes)
            {
                batch.Dispose();
            }
        }
    }

    private RecordBatch Encode(RecordBatch rows, ReadOnlySpan<long> weights)
    {
        List<ChangeStep> steps = ChangeOrder.Of(rows, weights, _key);
        return Mode switch
        {
            ChangelogMode.Upsert => Upsert(rows, steps),
            ChangelogMode.Retract => Retract(rows, steps),
            _ => Debezium(rows, steps),
        };
    }

    private RecordBatch Upsert(RecordBatch rows, List<ChangeStep> steps)
    {
        int[] taken = [.. steps.Select(s => s.After >= 0 ? s.After : s.Before)];
        bool[] there = [.. steps.Select(s => s.After >= 0)];
        var columns = new Column[rows.Schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            Column column = Take.Rows(rows[i], taken);
            columns[i] = _key!.Contains(i) ? column : Only(column, there);
        }

        return new RecordBatch(Schema, taken.Length, [Operations(steps, s => s.After >= 0 ? "U" : "D"), .. columns]);
    }

    private RecordBatch Retract(RecordBatch rows, List<ChangeStep> steps)
    {
        var taken = new List<int>();
        using var operations = new BinaryBuilder(DataType.Utf8, steps.Count);
        foreach (ChangeStep step in steps)
        {
            bool isUpdate = step is { Before: >= 0, After: >= 0 };
            if (step.Before >= 0)
            {
                taken.Add(step.Before);
                operations.Append(isUpdate ? "-U" : "-D");
            }

            if (step.After >= 0)
            {
                taken.Add(step.After);
                operations.Append(isUpdate ? "+U" : "+I");
            }
        }

        using RecordBatch all = Take.Rows(rows, CollectionsMarshal.AsSpan(taken));
        return new RecordBatch(Schema, taken.Count, [operations.Build(), .. all.Columns.Select(c => c.Share())]);
    }

    private RecordBatch Debezium(RecordBatch rows, List<ChangeStep> steps)
    {
        using var times = new FixedBuilder<long>(DataType.Int64, steps.Count);
        times.AppendUninitialized(steps.Count).Fill(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return new RecordBatch(Schema, steps.Count,
        [
            Side(rows, [.. steps.Select(s => s.Before)], Schema[0].Type),
            Side(rows, [.. steps.Select(s => s.After)], Schema[1].Type),
            Operations(steps, s => s.Before < 0 ? "c" : s.After < 0 ? "d" : "u"),
            times.Build(),
        ]);
    }

    private static Column Side(RecordBatch rows, int[] taken, DataType type)
    {
        bool[] there = [.. taken.Select(t => t >= 0)];
        using RecordBatch chosen = Take.Rows(rows, [.. taken.Select(t => Math.Max(t, 0))]);
        return Only(new StructColumn(type, taken.Length, [.. chosen.Columns.Select(c => c.Share())]), there);
    }

    private static Column Only(Column column, bool[] there)
    {
        using (column)
        {
            using var valid = new BooleanBuilder(there.Length);
            Array.ForEach(there, valid.Append);
            using var bits = (BooleanColumn)valid.Build();
            return column.WithNulls(bits.Values);
        }
    }

    private static Column Operations(List<ChangeStep> steps, Func<ChangeStep, string> name)
    {
        using var operations = new BinaryBuilder(DataType.Utf8, steps.Count);
        steps.ForEach(s => operations.Append(name(s)));
        return operations.Build();
    }

    private static long[] Ones(int count)
    {
        long[] ones = new long[count];
        Array.Fill(ones, 1);
        return ones;
    }

    private static Schema Envelope(Schema schema)
    {
        DataType row = DataType.Struct([.. schema.Fields]);
        return new Schema([new Field("before", row), new Field("after", row), new Field("op", DataType.Utf8, false), new Field("ts_ms", DataType.Int64, false)]);
    }

    private static int NumberOf(StreamPlan plan, string column)
        => plan.Schema.IndexOf(column) is var number and >= 0 ? number : throw StreamErrors.UnknownKey(column, plan.Schema.Fields.Select(f => f.Name));
}
