using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>
/// An expression of one column of byte strings. Where a source gave the column as a dictionary, it is computed once for each
/// of the dictionary's values and once for null, and not again until the dictionary changes. Where that makes a fault, or the
/// rows are fewer than the values, it is computed for the rows.
/// </summary>
internal sealed class DictionaryEvaluator : Evaluator
{
    private readonly Evaluator _inner;
    private readonly int _column;
    private readonly bool _keepsEncoding;
    private readonly Schema _schema;
    private readonly RowFaults _faults = new();
    private Column? _dictionary;

    // The result for each value of the dictionary, and behind these for null; the first without the last.
    private Column? _results;
    private Column? _present;
    private bool _isConstant;
    private bool _hasFaults;
    private long _seen;

    /// <param name="inner">The expression over a batch of only that column. Taken over.</param>
    /// <param name="variable">The column.</param>
    /// <param name="column">Its number in batches.</param>
    /// <param name="keepsEncoding">Whether the result may be encoded too.</param>
    public DictionaryEvaluator(Evaluator inner, ColumnVariable variable, int column, bool keepsEncoding)
        : base(inner.Type)
    {
        _inner = inner;
        _column = column;
        _keepsEncoding = keepsEncoding;
        _schema = new Schema([variable.ToField()]);
    }

    /// <summary>The one column of byte strings that an expression is of; null if there is no such, or if it is not worth while.</summary>
    public static ColumnVariable? ColumnOf(BoundExpression expression)
    {
        if (expression is BoundColumn or BoundConstant)
        {
            return null;
        }

        IReadOnlyCollection<ColumnVariable> columns = ExpressionColumns.Of(expression);
        return columns.Count == 1 && columns.First() is { Type.Layout: TypeLayout.VarBinary } column && !ExpressionTree.IsVolatile(expression) ? column : null;
    }

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        if (batch[_column] is DictionaryColumn rows && Knows(rows))
        {
            return _isConstant ? new Vector(_results!.Share(), IsConstant: true) : new Vector(Spread(rows));
        }

        using var own = new RecordBatch(_schema, batch.Length, Dictionaries.Decode(batch[_column], _schema[0].Type));
        return _inner.Evaluate(own, faults);
    }

    public override void Dispose()
    {
        Forget();
        _inner.Dispose();
    }

    private bool Knows(DictionaryColumn rows)
    {
        if (!ReferenceEquals(_dictionary, rows.Dictionary))
        {
            Forget();
            _dictionary = rows.Dictionary.Share();
        }

        if (_results is not null || _hasFaults)
        {
            return !_hasFaults;
        }

        _seen += rows.Length;
        if (_seen < _dictionary!.Length)
        {
            return false;
        }

        Compute(_dictionary);
        return !_hasFaults;
    }

    private void Compute(Column dictionary)
    {
        using Column none = ConstantColumn.Create(dictionary.Type, null);
        using var values = new RecordBatch(_schema, dictionary.Length + 1, Concat.Columns([dictionary, none]));
        _faults.Clear();
        using Vector results = _inner.Evaluate(values, _faults);
        _hasFaults = _faults.Any;
        if (_hasFaults)
        {
            return;
        }

        _isConstant = results.IsConstant;
        _results = results.Column.Share();
        _present = _isConstant ? null : _results.Slice(0, dictionary.Length);
    }

    private Column Spread(DictionaryColumn rows)
    {
        if (!rows.HasNulls)
        {
            return _keepsEncoding && CanBeEncoded() ? rows.WithValues(_present!.Share()) : Take.Rows(_present!, rows.Indices);
        }

        if (!_results!.IsNull(_present!.Length))
        {
            return WithNullResult(rows);
        }

        if (_keepsEncoding && CanBeEncoded())
        {
            return rows.WithValues(_present.Share());
        }

        using Column taken = Take.Rows(_present, rows.Indices);
        return taken.WithNulls(rows.Validity);
    }

    private bool CanBeEncoded() => Type.Layout == TypeLayout.VarBinary && !_present!.HasNulls;

    // Null rows get the result behind those of the values.
    private unsafe Column WithNullResult(DictionaryColumn rows)
    {
        using NativeBuffer memory = BufferPool.Rent(rows.Length * sizeof(int));
        var indices = new Span<int>(memory.Pointer, rows.Length);
        ReadOnlySpan<int> known = rows.Indices;
        Bitmap validity = rows.Validity;
        for (int row = 0; row < indices.Length; row++)
        {
            indices[row] = validity[row] ? known[row] : _present!.Length;
        }

        return Take.Rows(_results!, indices);
    }

    private void Forget()
    {
        _dictionary?.Dispose();
        _results?.Dispose();
        _present?.Dispose();
        _dictionary = null;
        _results = null;
        _present = null;
        _hasFaults = false;
        _seen = 0;
    }
}
