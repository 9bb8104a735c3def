using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Writes the numbers it is given one after the other: shows which rows a frame had, and in which order.</summary>
internal sealed class ConcatAccumulator : Accumulator
{
    private readonly List<string> _texts = [];

    public override DataType Type => DataType.Utf8;

    public override IReadOnlyList<DataType> StateTypes => [DataType.Utf8];

    public override long ByteSize => _texts.Sum(t => t.Length);

    public override void Resize(int groups)
    {
        while (_texts.Count < groups)
        {
            _texts.Add("");
        }
    }

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        for (int row = 0; row < groups.Length; row++)
        {
            Column column = arguments[0].Column;
            string text = column.IsNull(row) ? "n" : ((FixedColumn<long>)column).Values[row].ToString(CultureInfo.InvariantCulture);
            _texts[groups[row]] += text + ",";
        }
    }

    public override Column Results(int start, int count, RowFaults faults) => Export(start, count)[0];

    public override Column[] Export(int start, int count)
    {
        using var builder = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < count; i++)
        {
            builder.Append(_texts[start + i]);
        }

        return [builder.Build()];
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            _texts[groups[i]] += ((BinaryColumn)states[0]).GetString(i);
        }
    }

    public override void Clear(int start, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _texts[start + i] = "";
        }
    }

    public override void Dispose()
    {
    }
}
