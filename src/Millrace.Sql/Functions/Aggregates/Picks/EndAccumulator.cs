using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The first or the last value of a group, of any type.</summary>
/// <param name="type">Type of the value.</param>
/// <param name="last">Whether the last one.</param>
internal sealed class EndAccumulator(DataType type, bool last) : Accumulator
{
    private readonly PickedRows _picked = new([type]);

    public override DataType Type => type;

    /// <summary>The value, and whether there is one: it may be null itself.</summary>
    public override IReadOnlyList<DataType> StateTypes { get; } = [type, DataType.Boolean];

    public override long ByteSize => _picked.ByteSize;

    public override void Resize(int groups) => _picked.Resize(groups);

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        for (int row = 0; row < groups.Length; row++)
        {
            if (last || !_picked.Has(groups[row]))
            {
                _picked.Choose(groups[row], row);
            }
        }

        _picked.Keep([column]);
    }

    public override Column Results(int start, int count, RowFaults faults) => _picked.Column(0, start, count);

    public override Column Results(ReadOnlySpan<int> groups, RowFaults faults) => _picked.Column(0, groups);

    public override Column[] Export(int start, int count)
    {
        int[] groups = [.. Enumerable.Range(start, count)];
        return Export(groups);
    }

    public override Column[] Export(ReadOnlySpan<int> groups)
    {
        using var has = new BooleanBuilder(groups.Length);
        foreach (int group in groups)
        {
            has.Append(_picked.Has(group));
        }

        return [_picked.Column(0, groups), has.Build()];
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        Bitmap has = ((BooleanColumn)states[1]).Values;
        for (int i = 0; i < groups.Length; i++)
        {
            if (has[i] && (last || !_picked.Has(groups[i])))
            {
                _picked.Choose(groups[i], i);
            }
        }

        _picked.Keep(states[..1]);
    }

    public override void Clear(int start, int count) => _picked.Clear(start, count);

    public override void Dispose() => _picked.Dispose();
}
