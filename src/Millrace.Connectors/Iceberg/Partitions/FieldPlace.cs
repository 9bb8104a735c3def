using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>The place of a field of a schema in batches: an index for each level of structs.</summary>
internal sealed class FieldPlace
{
    private readonly int[] _path;

    private FieldPlace(int[] path) => _path = path;

    /// <summary>The place; null for a field that is not there, or is within a list or map.</summary>
    public static FieldPlace? Of(TableSchema schema, int id) => PathOf(schema.Fields, id) is { } path ? new FieldPlace(path) : null;

    /// <summary>The field's column, which the caller owns: null where a struct around it is.</summary>
    public Column In(RecordBatch batch)
    {
        Column column = batch[_path[0]].Share();
        foreach (int index in _path.AsSpan(1))
        {
            using Column outer = column;
            column = ((StructColumn)outer).Fields[index].WithNulls(outer.Validity);
        }

        return column;
    }

    private static int[]? PathOf(IReadOnlyList<IcebergField> fields, int id)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Id == id)
            {
                return [i];
            }

            if (fields[i].Type is IcebergStruct inner && PathOf(inner.Fields, id) is { } rest)
            {
                return [i, .. rest];
            }
        }

        return null;
    }
}
