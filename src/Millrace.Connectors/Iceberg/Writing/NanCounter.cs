using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Counts NaN in the columns of floating point of a file, those in structs among them. One thread uses it.</summary>
internal sealed class NanCounter(TableSchema schema)
{
    private readonly SortedDictionary<int, long> _counts = [];

    public IReadOnlyDictionary<int, long> Counts => _counts;

    public void Add(RecordBatch batch)
    {
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            Add(schema.Fields[i], batch[i]);
        }
    }

    private void Add(IcebergField field, Column column)
    {
        switch (column)
        {
            case FixedColumn<float> floats:
                _counts[field.Id] = _counts.GetValueOrDefault(field.Id) + Count<float>(floats);
                break;
            case FixedColumn<double> doubles:
                _counts[field.Id] = _counts.GetValueOrDefault(field.Id) + Count<double>(doubles);
                break;
            case StructColumn structure:
                for (int i = 0; i < structure.Fields.Count; i++)
                {
                    Add(field.Type.Children[i], structure.Fields[i]);
                }

                break;
        }
    }

    private static long Count<T>(FixedColumn<T> column)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long count = 0;
        ReadOnlySpan<T> values = column.Values;
        for (int i = 0; i < values.Length; i++)
        {
            // What stands at a null may be anything.
            if (T.IsNaN(values[i]) && !column.IsNull(i))
            {
                count++;
            }
        }

        return count;
    }
}
