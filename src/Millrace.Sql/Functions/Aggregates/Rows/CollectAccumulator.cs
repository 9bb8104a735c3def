using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>All values of a group as an array, nulls too; null for no rows.</summary>
internal sealed class CollectAccumulator(DataType element) : RowAccumulator(DataType.List(element), element)
{
    public override Column Results(int start, int count, RowFaults faults)
        => Rows.Lists(Type, Take.Rows(Rows.Column(0), Rows.Rows(start, count)), start, count, nullIfEmpty: true);
}

/// <summary>All pairs of a group as a map. Of equal keys the first counts; rows without a key are left out.</summary>
internal sealed class MapAccumulator(DataType map) : RowAccumulator(map, map.Children[0].Type, map.Children[1].Type)
{
    public override Column Results(int start, int count, RowFaults faults)
    {
        using var builder = (ListBuilder)ColumnBuilder.Create(Type, count);
        var entries = (StructBuilder)builder.Items;
        for (int group = start; group < start + count; group++)
        {
            ReadOnlySpan<int> rows = Rows.Rows(group);
            if (rows.IsEmpty)
            {
                builder.AppendNull();
                continue;
            }

            Column keys = Rows.Column(0);
            using GroupTable seen = GroupTable.Create([keys.Type]);
            using Column own = Take.Rows(keys, rows);
            var numbers = new int[rows.Length];
            seen.Find([own], rows.Length, numbers);
            for (int i = 0, next = 0; i < rows.Length; i++)
            {
                if (numbers[i] == next)
                {
                    next++;
                    entries.Fields[0].AppendRange(keys, rows[i], 1);
                    entries.Fields[1].AppendRange(Rows.Column(1), rows[i], 1);
                    entries.AppendRow();
                }
            }

            builder.AppendRow();
        }

        return builder.Build();
    }
}

/// <summary>The result of another accumulator as JSON.</summary>
internal sealed class JsonAccumulator(Accumulator inner) : Accumulator
{
    public override DataType Type => DataType.Json;

    public override IReadOnlyList<DataType> StateTypes => inner.StateTypes;

    public override bool KeepsRows => inner.KeepsRows;

    public override long ByteSize => inner.ByteSize;

    public override void Resize(int groups) => inner.Resize(groups);

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights) => inner.Update(groups, arguments, weights);

    public override Column Results(int start, int count, RowFaults faults)
    {
        using Column values = inner.Results(start, count, faults);
        return Cast.To(values, DataType.Json).Column;
    }

    public override Column[] Export(int start, int count) => inner.Export(start, count);

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups) => inner.Import(states, groups);

    public override void Clear(int start, int count) => inner.Clear(start, count);

    public override void Dispose() => inner.Dispose();
}
