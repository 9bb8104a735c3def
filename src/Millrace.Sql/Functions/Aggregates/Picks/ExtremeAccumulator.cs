using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The value of the row whose key is least or greatest: <c>arg_min</c>, <c>arg_max</c>, and with the value as its own key the
/// extremes of text. Of equal keys the first counts; rows without a key are left out.
/// </summary>
/// <param name="type">Type of the value.</param>
/// <param name="key">Type of the key.</param>
/// <param name="least">Whether the least key wins.</param>
/// <param name="ownKey">Whether the value is the key: then there is one argument.</param>
internal sealed class ExtremeAccumulator(DataType type, DataType key, bool least, bool ownKey) : Accumulator
{
    private readonly PickedRows _picked = new(ownKey ? [type] : [type, key]);
    private readonly StoredComparison _comparison = StoredComparer.Create(key) ?? throw AggregateErrors.NoOrder(key);
    private readonly int _key = ownKey ? 0 : 1;

    public override DataType Type => type;

    public override IReadOnlyList<DataType> StateTypes { get; } = ownKey ? [type] : [type, key];

    public override long ByteSize => _picked.ByteSize;

    public override void Resize(int groups) => _picked.Resize(groups);

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column value = arguments[0].ToColumn(groups.Length);
        if (ownKey)
        {
            Add(groups, [value]);
            return;
        }

        using Column keys = arguments[1].ToColumn(groups.Length);
        Add(groups, [value, keys]);
    }

    public override Column Results(int start, int count, RowFaults faults) => _picked.Column(0, start, count);

    public override Column[] Export(int start, int count)
        => ownKey ? [_picked.Column(0, start, count)] : [_picked.Column(0, start, count), _picked.Column(1, start, count)];

    public override Column Results(ReadOnlySpan<int> groups, RowFaults faults) => _picked.Column(0, groups);

    public override Column[] Export(ReadOnlySpan<int> groups)
        => ownKey ? [_picked.Column(0, groups)] : [_picked.Column(0, groups), _picked.Column(1, groups)];

    // A group without a row has a null key.
    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups) => Add(groups, states);

    public override void Clear(int start, int count) => _picked.Clear(start, count);

    public override void Dispose() => _picked.Dispose();

    private void Add(ReadOnlySpan<int> groups, ReadOnlySpan<Column> columns)
    {
        Column keys = columns[_key];
        bool nulls = keys.HasNulls;
        int sign = least ? 1 : -1;
        StoredComparison? within = null;
        for (int row = 0; row < groups.Length; row++)
        {
            if (nulls && keys.IsNull(row))
            {
                continue;
            }

            int group = groups[row];
            if (_picked.Has(group))
            {
                ColumnBuilder stored = _picked.Stored(group, _key, out int at, out int pending);
                int order = pending < 0 ? _comparison(keys, row, stored, at) : (within ??= Within(keys))(keys, row, stored, pending);
                if (order * sign >= 0)
                {
                    continue;
                }
            }

            _picked.Choose(group, row);
        }

        _picked.Keep(columns);
    }

    // Compares two rows of the batch at hand, the second of which waits to be stored.
    private StoredComparison Within(Column keys)
    {
        ColumnBuilder copy = ColumnBuilder.Create(keys.Type, 1);
        return (column, row, _, pending) =>
        {
            copy.Truncate(0);
            copy.AppendRange(column, pending, 1);
            int order = _comparison(column, row, copy, 0);
            copy.Dispose();
            return order;
        };
    }
}
