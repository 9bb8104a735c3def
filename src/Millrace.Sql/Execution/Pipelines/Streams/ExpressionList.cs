using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Several expressions of one batch, as operators need them: rows without a value are reported and left out of all. One lane uses it.</summary>
public sealed class ExpressionList : IDisposable
{
    private readonly Evaluator[] _evaluators;
    private readonly LaneFaults _report;

    /// <param name="expressions">What to compute.</param>
    /// <param name="layout">Where the columns stand.</param>
    /// <param name="context">Who is told about faults.</param>
    /// <param name="encoded">How many of the first expressions may come in the encoding that the source gave: see <see cref="Dictionaries"/>.</param>
    public ExpressionList(IReadOnlyList<BoundExpression> expressions, Layout layout, QueryContext context, int encoded = 0)
    {
        _report = new LaneFaults(context);
        _evaluators = new Evaluator[expressions.Count];
        try
        {
            for (int i = 0; i < _evaluators.Length; i++)
            {
                _evaluators[i] = i < encoded
                    ? ExpressionCompiler.CompileEncoded(expressions[i], layout, context.Evaluation)
                    : ExpressionCompiler.Compile(expressions[i], layout, context.Evaluation);
            }
        }
        catch
        {
            Evaluator.DisposeAll(_evaluators);
            throw;
        }
    }

    public int Count => _evaluators.Length;

    /// <summary>A column for each expression; rows with a fault are left out. The caller owns the batch.</summary>
    public RecordBatch Evaluate(RecordBatch batch, Schema schema)
    {
        var columns = new Column[_evaluators.Length];
        int made = 0;
        try
        {
            RowFaults faults = _report.Start();
            for (; made < columns.Length; made++)
            {
                using Vector values = _evaluators[made].Evaluate(batch, faults);
                columns[made] = values.ToColumn(batch.Length);
            }

            _report.Tell(batch);
        }
        catch
        {
            for (int i = 0; i < made; i++)
            {
                columns[i].Dispose();
            }

            throw;
        }

        var result = new RecordBatch(schema, batch.Length, columns);
        if (!_report.Faults.Any)
        {
            return result;
        }

        using (result)
        {
            using RowMask good = _report.Good(batch.Length);
            return Filter.Apply(result, good.Bits);
        }
    }

    /// <summary>
    /// A vector for each expression; constants stay one row. If rows have faults, they are reported, all vectors are without
    /// them, and so is <paramref name="rest"/>, which is otherwise the batch with one more owner. The caller owns all of it.
    /// </summary>
    public Vector[] Evaluate(RecordBatch batch, out RecordBatch rest)
    {
        var vectors = new Vector[_evaluators.Length];
        int made = 0;
        try
        {
            RowFaults faults = _report.Start();
            for (; made < vectors.Length; made++)
            {
                vectors[made] = _evaluators[made].Evaluate(batch, faults);
            }

            _report.Tell(batch);
            if (!_report.Faults.Any)
            {
                rest = batch.Share();
                return vectors;
            }

            using RowMask good = _report.Good(batch.Length);
            for (int i = 0; i < vectors.Length; i++)
            {
                if (!vectors[i].IsConstant)
                {
                    Column all = vectors[i].Column;
                    vectors[i] = new Vector(Filter.Apply(all, good.Bits));
                    all.Dispose();
                }
            }

            rest = Filter.Apply(batch, good.Bits);
            return vectors;
        }
        catch
        {
            for (int i = 0; i < made; i++)
            {
                vectors[i].Dispose();
            }

            throw;
        }
    }

    public void Dispose() => Evaluator.DisposeAll(_evaluators);
}
