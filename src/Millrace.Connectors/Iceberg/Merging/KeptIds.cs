using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Ids of the rows of a table that keys were found for: the rows that replace them keep these, and get the number of the commit
/// (specification, "Row Lineage"). One thread uses it.
/// </summary>
/// <param name="keys">How many keys there are.</param>
internal sealed class KeptIds(int keys)
{
    private const long None = -1;

    private readonly long[] _ids = Filled(keys);

    /// <summary>Notes the id of a row that was found for a key; of several the last.</summary>
    public void Note(int key, FixedColumn<long> ids, int row)
    {
        if (!ids.IsNull(row))
        {
            _ids[key] = ids.Values[row];
        }
    }

    /// <summary>Rows with the ids of those that they replace behind their columns; the caller owns them.</summary>
    /// <param name="rows">One for each key. Borrowed.</param>
    /// <param name="of">Their keys.</param>
    public RecordBatch Give(RecordBatch rows, int[] of)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, of.Length);
        foreach (int key in of)
        {
            if (_ids[key] == None)
            {
                ids.AppendNull();
            }
            else
            {
                ids.Append(_ids[key]);
            }
        }

        return new RecordBatch(new Schema([.. rows.Schema.Fields, TypeMapping.ToColumn(LineageColumns.RowId)]), rows.Length, [.. rows.Columns.Select(c => c.Share()), ids.Build()]);
    }

    private static long[] Filled(int keys)
    {
        long[] ids = new long[keys];
        ids.AsSpan().Fill(None);
        return ids;
    }
}
