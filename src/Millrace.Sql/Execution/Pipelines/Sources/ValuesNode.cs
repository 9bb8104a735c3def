using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Rows of expressions without columns.</summary>
public sealed class ValuesNode(Schema schema, IReadOnlyList<IReadOnlyList<BoundExpression>> rows) : SourceNode(schema)
{
    public override string Name => "Values";

    public override string Details => rows.Count == 1 ? "1 row" : $"{rows.Count} rows";

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context)
    {
        var batches = new List<RecordBatch>();
        try
        {
            for (int start = 0; start < rows.Count; start += RecordBatch.DefaultRows)
            {
                batches.Add(Make(start, Math.Min(RecordBatch.DefaultRows, rows.Count - start), context));
            }
        }
        catch
        {
            batches.ForEach(b => b.Dispose());
            throw;
        }

        return new(new BatchSource(batches));
    }

    private RecordBatch Make(int start, int count, QueryContext context)
    {
        ColumnBuilder[] builders = [.. Schema.Fields.Select(f => ColumnBuilder.Create(f.Type, count))];
        try
        {
            var report = new LaneFaults(context);
            using var one = new RecordBatch(Schema.Empty, 1);
            int kept = 0;
            foreach (IReadOnlyList<BoundExpression> row in rows.Skip(start).Take(count))
            {
                RowFaults faults = report.Start();
                for (int i = 0; i < builders.Length; i++)
                {
                    Append(builders[i], row[i], one, faults, context);
                }

                if (faults.Any)
                {
                    report.Tell(one);
                    Array.ForEach(builders, b => b.Truncate(kept));
                    continue;
                }

                kept++;
            }

            return new RecordBatch(Schema, kept, Array.ConvertAll(builders, b => b.Build()));
        }
        finally
        {
            Array.ForEach(builders, b => b.Dispose());
        }
    }

    private static void Append(ColumnBuilder builder, BoundExpression expression, RecordBatch one, RowFaults faults, QueryContext context)
    {
        if (expression is BoundConstant constant && !constant.Type.IsNested)
        {
            ConstantColumn.Append(builder, constant.Value);
            return;
        }

        using Evaluator evaluator = ExpressionCompiler.Compile(expression, Layout.Empty, context.Evaluation);
        using Vector value = evaluator.Evaluate(one, faults);
        builder.AppendRange(value.Column, 0, 1);
    }
}
