using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The least or greatest of arrays, maps or structs, in the order of <see cref="RowComparer"/>. The best of each group lie in one
/// column, which is made anew when a batch has better ones: for values that are compared seldom.
/// </summary>
/// <param name="type">Type of the values.</param>
/// <param name="least">Whether the least value wins.</param>
internal sealed class NestedExtreme(DataType type, bool least) : Accumulator
{
    private readonly int _sign = least ? 1 : -1;
    private Column _best = Nulls(type, 0);
    private int _groups;

    public override DataType Type => type;

    public override IReadOnlyList<DataType> StateTypes { get; } = [type];

    public override long ByteSize => _best.ByteSize;

    public override void Resize(int groups) => _groups = Math.Max(_groups, groups);

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column values = arguments[0].ToColumn(groups.Length);
        Add(groups, values);
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        Grow();
        return _best.Slice(start, count);
    }

    public override Column[] Export(int start, int count)
    {
        Grow();
        return [_best.Slice(start, count)];
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups) => Add(groups, states[0]);

    public override void Clear(int start, int count)
    {
        Grow();
        using Column before = _best.Slice(0, start);
        using Column empty = Nulls(type, count);
        using Column behind = _best.Slice(start + count, _best.Length - start - count);
        Replace(Concat.Columns([before, empty, behind]));
    }

    public override void Dispose() => _best.Dispose();

    private void Add(ReadOnlySpan<int> groups, Column values)
    {
        Grow();
        RowComparer within = RowComparer.Create(values, values);
        RowComparer against = RowComparer.Create(values, _best);
        var better = new Dictionary<int, int>();
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            bool wins = !values.IsNull(row)
                && (better.TryGetValue(group, out int other) ? within.CompareValues(row, other) * _sign < 0
                    : _best.IsNull(group) || against.CompareValues(row, group) * _sign < 0);
            if (wins)
            {
                better[group] = row;
            }
        }

        if (better.Count == 0)
        {
            return;
        }

        var rows = new int[_best.Length];
        for (int group = 0; group < rows.Length; group++)
        {
            rows[group] = better.TryGetValue(group, out int row) ? _best.Length + row : group;
        }

        using Column all = Concat.Columns([_best, values]);
        Replace(Take.Rows(all, rows));
    }

    private void Grow()
    {
        if (_best.Length < _groups)
        {
            using Column empty = Nulls(type, _groups - _best.Length);
            Replace(Concat.Columns([_best, empty]));
        }
    }

    private void Replace(Column best)
    {
        _best.Dispose();
        _best = best;
    }

    private static Column Nulls(DataType type, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, rows);
        for (int i = 0; i < rows; i++)
        {
            builder.AppendNull();
        }

        return builder.Build();
    }
}
